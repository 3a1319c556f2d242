#!/usr/bin/env bash
# Jobs of the built program: the same weights for any number of ranks and workers, kills of ranks, and a cable that is cut.
#   tests/cluster/check.sh [KILLS]
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ -n "${CONVNN_Data__Directory:-}" ] && DATASET=mnist
source tests/cluster/jobs.sh
count=${1:-3}

# Few steps: of the network whose first layers are divided, and of all gradients.
RANKS="1 2 3 4" WORKERS=1 hashes "own features" --limit 500 --epochs 1
RANKS="2 3" WORKERS=2 hashes "full gradients" --limit 500 --epochs 1 -b 32 --set Training:ClipNorm=1
for library in $(libraries); do
  kills "$library" "$count" --limit 500 --epochs $((10 * count + 20))
done

# Two hosts, which are network namespaces; the cable between them is cut in the second epoch.
cut() {
  local status=0 job
  CUT="$work/cable-cut" tests/cluster/two-hosts.sh 0 dotnet "$PROGRAM" train --limit 500 --epochs 10000 --set Cluster:Deadline=3 -o "$work/run" >"$work/log" 2>&1 &
  job=$!
  for _ in $(seq 600); do
    grep -q 'Z epoch epoch=1 ' "$work/log" && break
    kill -0 "$job" 2>/dev/null || break
    sleep 0.1
  done
  grep -q 'Z epoch epoch=1 ' "$work/log" || { fail "two hosts: $(tail -n 3 "$work/log")"; kill "$job" 2>/dev/null; return; }
  touch "$work/cable-cut"
  local begin
  begin=$(date +%s.%N)
  wait "$job" || status=$?
  echo "cut cable: exit code $status after $(since "$begin") s: $(grep -m 1 'did not answer' "$work/log")"
  [ "$status" -ne 0 ] && [ "$(grep -c 'cluster: rank 0 of 2: rank 1 did not answer within 3' "$work/log")" -eq 1 ] || fail "two hosts: $(tail -n 8 "$work/log")"
}

if ! command -v mpirun.openmpi >/dev/null || ! command -v ip >/dev/null; then
  echo "SKIPPED: two hosts need openmpi-bin and iproute2"
elif [ "$(id -u)" -ne 0 ] || [ ! -e /dev/net/tun ] || ! (ip netns add probe$$ && ip netns del probe$$) 2>/dev/null; then
  echo "SKIPPED: network namespaces or TUN devices are not allowed here"
else
  cut
fi

[ "$failures" -eq 0 ]
