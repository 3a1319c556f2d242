#!/usr/bin/env bash
# The long proof, half an hour on two cores: the weights of full MNIST, of small batches and of the presets for 1 to 4 ranks of 1 and
# 2 workers with each library, and 20 kills. CONVNN_Data__Directory names the folder with MNIST.
#   tests/cluster/matrix.sh [PART...]     of: epoch steps presets kills
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
: "${CONVNN_Data__Directory:?names the folder with MNIST}"
DATASET=mnist
source tests/cluster/jobs.sh

for part in "${@:-epoch steps presets kills}"; do
  for what in $part; do
    case $what in
      epoch) hashes "MNIST, batch 128, 1 epoch" -b 128 --epochs 1 ;;
      steps) hashes "MNIST, batch 10, 500 steps" -b 10 --limit 5000 --epochs 1 ;;
      presets)
        for preset in config/*.json; do
          hashes "$(basename "$preset" .json), 300 images" --config "$preset" --limit 300 --epochs 1
        done
        ;;
      kills)
        kills openmpi "${KILLS:-20}" --limit 500 --epochs 250
        kills mpich "${KILLS:-20}" --limit 500 --epochs 250 --set Training:ClipNorm=1
        ;;
    esac
  done
done

[ "$failures" -eq 0 ]
