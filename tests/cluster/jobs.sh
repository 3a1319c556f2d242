# Functions for the scripts beside it, which start jobs of the built program:
#   hashes NAME ARGUMENTS...          trains with every library, number of ranks and number of workers, and compares the weights
#   kills LIBRARY COUNT ARGUMENTS...  kills a random rank at a random moment, COUNT times, and goes on with another number of ranks
# LIBRARIES, RANKS and WORKERS say what hashes tries; PROGRAM is the program, SEED what the kills begin with.
: "${LIBRARIES:=openmpi mpich}" "${RANKS:=1 2 3 4}" "${WORKERS:=1 2}" "${SEED:=1}"
PROGRAM=$(realpath "${PROGRAM:-bin/Debug/net10.0/convnn.dll}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 CONVNN_Data__Download=false
export CONVNN_Data__Dataset="${DATASET:-sample}"
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# The libraries that are here; the others are named.
libraries() {
  local library
  for library in $LIBRARIES; do
    if command -v "$(launcher "$library")" >/dev/null; then
      echo "$library"
    else
      echo "SKIPPED: $library is not installed" >&2
    fi
  done
}

launcher() { case $1 in openmpi) echo mpirun.openmpi ;; mpich) echo mpiexec.mpich ;; esac; }

# Starts ranks, in place of this shell if it is one of its own; each leaves its process id in $work/pids. 0 ranks: without a launcher.
launch() {
  local library=$1 ranks=$2
  shift 2
  rm -rf "$work/pids"
  mkdir -p "$work/pids"
  local rank=(sh -c 'echo $$ >"$0/${OMPI_COMM_WORLD_RANK:-$PMI_RANK}"; exec "$@"' "$work/pids" dotnet "$PROGRAM" "$@")
  case $ranks-$library in
    0-*) dotnet "$PROGRAM" "$@" ;;
    *-openmpi) mpirun.openmpi --oversubscribe --bind-to none --mca btl_vader_single_copy_mechanism none -n "$ranks" "${rank[@]}" ;;
    *-mpich) mpiexec.mpich -bind-to none -n "$ranks" "${rank[@]}" ;;
  esac </dev/null
}

hash_of() { sed -n 's/.*"weights_sha256": "\([0-9a-f]*\)".*/\1/p' "$1/run.json" 2>/dev/null; }

hashes() {
  local name=$1 library ranks workers begin expected found verdict
  shift
  launch none 0 train "$@" -w 2 -o "$work/alone" >"$work/log" 2>&1 || { fail "$name without a launcher: $(tail -n 3 "$work/log")"; return; }
  expected=$(hash_of "$work/alone")
  echo "$name: $expected without a launcher"
  for library in $(libraries); do
    for ranks in $RANKS; do
      for workers in $WORKERS; do
        rm -rf "$work/run"
        begin=$(date +%s.%N)
        launch "$library" "$ranks" train "$@" -w "$workers" -o "$work/run" >"$work/log" 2>&1 || fail "$name: exit code $?: $(tail -n 3 "$work/log")"
        found=$(hash_of "$work/run")
        verdict=equal
        [ "$found" = "$expected" ] || { verdict=DIFFERENT; failures=$((failures + 1)); }
        printf '  %-8s %s ranks × %s workers  %-14s %6.1f s  %.16s… %s\n' "$library" "$ranks" "$workers" "$(exchange)" "$(since "$begin")" "$found" "$verdict"
      done
    done
  done
  rm -rf "$work/alone" "$work/run"
}

exchange() { grep -o ' exchange=[a-z-]*' "$work/log" | head -n 1 | cut -d= -f2; }
since() { awk -v begin="$1" -v end="$(date +%s.%N)" 'BEGIN { print end - begin }'; }

# Whether a rank of the last job is still there some seconds after its launcher.
orphans() {
  local pid
  for _ in $(seq 50); do
    local left=""
    for pid in $(cat "$work"/pids/* 2>/dev/null); do
      grep -q convnn "/proc/$pid/cmdline" 2>/dev/null && left="$left $pid"
    done
    [ -z "$left" ] && return 1
    sleep 0.1
  done
  echo "$left"
}

kills() {
  local library=$1 count=$2 kill=0 ranks=0 before rank begin status left delay
  shift 2
  RANDOM=$SEED
  launch none 0 train "$@" -o "$work/whole" >"$work/log" 2>&1 || { fail "kills: $(tail -n 3 "$work/log")"; return; }
  while [ "$kill" -lt "$count" ]; do
    before=$ranks
    while [ "$ranks" -eq "$before" ]; do ranks=$((2 + RANDOM % 3)); done
    rank=$((RANDOM % ranks))
    delay=$(awk -v ms=$((RANDOM % 1000)) 'BEGIN { print ms / 1000 }')
    : >"$work/log"
    if [ -e "$work/cut" ]; then
      launch "$library" "$ranks" train --resume "$work/cut" >"$work/log" 2>&1 &
    else
      launch "$library" "$ranks" train "$@" -o "$work/cut" >"$work/log" 2>&1 &
    fi
    begin=$!
    for _ in $(seq 600); do
      grep -q 'Z output ' "$work/log" && break
      sleep 0.1
    done
    sleep "$delay"
    kill -9 "$(cat "$work/pids/$rank")" 2>/dev/null
    status=0
    wait "$begin" || status=$?
    if [ "$status" -eq 0 ]; then
      fail "the run ended before kill $((kill + 1)), or was not ended by it"
      return
    fi
    kill=$((kill + 1))
    left=$(orphans) && fail "kill $kill left processes:$left"
    echo "  kill $kill: rank $rank of $ranks ($library) $delay s after the start, exit code $status, $(($(wc -l <"$work/cut/history.csv") - 1)) epochs done"
  done
  launch "$library" 1 train --resume "$work/cut" >"$work/log" 2>&1 || fail "the last resume: $(tail -n 3 "$work/log")"
  if [ "$(hash_of "$work/cut")" = "$(hash_of "$work/whole")" ]; then
    echo "$count kills ($library): $(hash_of "$work/cut"), as without a fault"
  else
    fail "after $count kills: $(hash_of "$work/cut"), without a fault $(hash_of "$work/whole")"
  fi
  rm -rf "$work/cut" "$work/whole"
}
