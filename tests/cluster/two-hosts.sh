#!/usr/bin/env bash
# Runs a command on two hosts, which are network namespaces of this machine, by Open MPI over TCP:
#   tests/cluster/two-hosts.sh DELAY_MS COMMAND...      e.g. tests/cluster/two-hosts.sh 1 dotnet bin/Debug/net10.0/convnn.dll bench --cluster
# A message takes DELAY_MS each way. CUT=FILE cuts the cable as soon as the file exists. RANKS=N starts N ranks, 2 unless given. Needs root.
set -euo pipefail
delay=$1
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
suffix=$$
one=alpha$suffix two=beta$suffix

cleanup() {
  [ -n "${cable:-}" ] && kill "$cable" 2>/dev/null || true
  ip netns pids "$one" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
  ip netns pids "$two" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
  ip netns del "$one" 2>/dev/null || true
  ip netns del "$two" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
ip netns add "$one"
ip netns add "$two"

# In place of ssh: a host is a namespace with its own network and its own name.
cat >"$work/agent" <<'AGENT'
#!/bin/sh
host=$1
shift
exec ip netns exec "$host" unshare --uts sh -c "hostname $host && $*"
AGENT
chmod +x "$work/agent"

python3 "$here/delay.py" "$delay" "$one" 10.77.0.1 "$two" 10.77.0.2 >"$work/cable" &
cable=$!
for _ in $(seq 100); do
  grep -q ready "$work/cable" && break
  sleep 0.1
done

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# Standard input stays with this script, so that a job in the background is not stopped by it.
"$work/agent" "$one" mpirun.openmpi --host "$one:4,$two:4" --map-by node -n "${RANKS:-2}" --bind-to none --oversubscribe \
  --mca plm_rsh_agent "$work/agent" --mca btl tcp,self --mca btl_tcp_if_include tun0 --mca oob_tcp_if_include tun0 \
  $(printf "%q " "$@") </dev/null
