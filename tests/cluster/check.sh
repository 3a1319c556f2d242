#!/usr/bin/env bash
# Jobs of the built program: kills of ranks, each gone on with another number of them, and a cable that is cut.
#   tests/cluster/check.sh [KILLS]
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ -n "${CONVNN_Data__Directory:-}" ] && DATASET=mnist
source tests/cluster/jobs.sh
count=${1:-3}

for library in $(libraries); do
  kills "$library" "$count" --limit 500 --epochs $((10 * count + 20))
done

# Two hosts, which are network namespaces; the cable between them is cut after the first epoch. mpirun itself learns of a lost host by
# TCP's keepalive, after 8 minutes unless told otherwise, and waits for that host's daemon meanwhile: so it is told otherwise.
cut_cable() {
  local status=0 job begin seconds
  export OMPI_MCA_oob_tcp_keepalive_time=1 OMPI_MCA_oob_tcp_keepalive_intvl=1 OMPI_MCA_oob_tcp_keepalive_probes=2
  CUT="$work/cable-cut" timeout 60 tests/cluster/two-hosts.sh 0 dotnet "$PROGRAM" train --limit 500 --epochs 100000 --set Cluster:Deadline=8 -o "$work/run" >"$work/log" 2>&1 &
  job=$!
  for _ in $(seq 300); do
    grep -q 'Z epoch epoch=1 ' "$work/log" && break
    kill -0 "$job" 2>/dev/null || break
    sleep 0.1
  done
  begin=$(date +%s.%N)
  touch "$work/cable-cut"
  wait "$job" || status=$?
  seconds=$(since "$begin")
  echo "cut cable: exit code $status after $seconds s: $(grep -m 1 'did not answer' "$work/log")"
  if [ "$status" -eq 0 ] || [ "${seconds%.*}" -gt 20 ] || [ "$(grep -c '^cluster: rank 0 of 2: rank 1 did not answer within ' "$work/log")" -ne 1 ]; then
    fail "two hosts: $(tail -n 8 "$work/log")"
  fi
}

if ! command -v mpirun.openmpi >/dev/null || ! command -v ip >/dev/null; then
  echo "SKIPPED: two hosts need openmpi-bin and iproute2"
elif [ "$(id -u)" -ne 0 ] || [ ! -e /dev/net/tun ] || ! (ip netns add probe$$ && ip netns del probe$$) 2>/dev/null; then
  echo "SKIPPED: network namespaces or TUN devices are not allowed here"
else
  cut_cable
fi

[ "$failures" -eq 0 ]
