#!/usr/bin/env bash
# Packs the libraries and the tool, installs the tool and trains with it, and builds and runs this app against the packages,
# all in folders of its own: what a stranger does who has just the packages. Fails unless the picture is told right.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$here/../packages.sh"
ls "$root/artifacts/packages"
(cd "$work" && convnn --data sample --epochs 3 --output run | tail -n 2)

app "$here"
dotnet build "$work/DigitApp" --nologo -verbosity:quiet --output "$work/bin"
dotnet "$work/bin/DigitApp.dll" "$work/run/model.safetensors" "$here/seven.pgm" | tee "$work/told"
grep -q '^This is a 7,' "$work/told"

# What is missing is told in one line.
if dotnet "$work/bin/DigitApp.dll" "$work/run/model.safetensors" "$work/none.png" 2> "$work/fault"; then exit 1; fi
[ "$(wc -l < "$work/fault")" -eq 1 ] && grep -q 'none.png: there is no such file' "$work/fault"
if dotnet "$work/bin/DigitApp.dll" 2> "$work/fault"; then exit 1; fi
grep -qx 'usage: digitapp MODEL PICTURE' "$work/fault"
