#!/usr/bin/env bash
# Trains each preset for some steps with 1 to 64 workers and with a number of workers that changes every few steps, on every vector
# width and with the reference, and compares the weights.
#   tests/presets/check.sh COMMAND...     such as: convnn. OPTIONS, such as "--limit 600 --epochs 2", replaces the length of the training.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
unset CONVNN_Data__Directory
read -ra options <<<"${OPTIONS:---limit 120 --batch-size 10}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for preset in "$root"/config/*.json; do
  : >"$log"
  for kernels in vector512 vector256 vector128,reference; do
    if ! fault=$("$@" verify --config "$preset" --data sample "${options[@]}" --workers 1,2,3,5,8,16,24,64 --kernels "$kernels" --log-format json 2>&1 >>"$log"); then
      cat "$log"
      echo "$(basename "$preset"), $kernels: $fault"
      exit 1
    fi
  done
  runs=$(grep -c '"event":"run"' "$log" || true)
  hashes=$(grep -o '"weights_sha256":"[0-9a-f]*"' "$log" | sort -u | cut -d '"' -f 4 || true)
  echo "$(basename "$preset" .json): $runs runs, weights ${hashes//$'\n'/ and }"
  { [ "$(wc -l <<<"$hashes")" -eq 1 ] && [ "$runs" -eq 28 ]; } || { cat "$log"; exit 1; }
done
