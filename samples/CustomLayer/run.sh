#!/usr/bin/env bash
# Shows that a layer and an optimizer of one's own work wherever those of ConvNN do: schema, training with any number of
# workers, gradient check, stop and resume, model file. Fails where one does not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in $(compgen -e CONVNN_ || true); do unset "$name"; done
dotnet build --nologo -verbosity:quiet
custom() { dotnet run --no-build -- "$@"; }

custom schema > "$work/schema.json"
grep -q '"title": "scale"' "$work/schema.json"
grep -q '"title": "signsgd"' "$work/schema.json"
custom --set Model:Layers:scale1:Start=11 --dry-run 2> "$work/refused" && exit 1
grep 'Model:Layers:1:Start is 11; it must be a number of at least -10 and at most 10.' "$work/refused"
custom check-gradients | tail -n 2
custom verify --workers 1,2,3 --epochs 1 | tail -n 1
custom --epochs 2 --output "$work/whole" | grep '^.* done '
custom --epochs 1 --output "$work/part" > /dev/null
custom --resume "$work/part" --epochs 2 | grep '^.* done '
cmp "$work/whole/model.safetensors" "$work/part/model.safetensors"
code=0
custom export --model "$work/part" --onnx "$work/part.onnx" 2> "$work/refused" || code=$?
test "$code" -eq 5
grep "Layer 'scale1' of type scale cannot be exported to ONNX: only the layers of ConvNN itself can." "$work/refused"
custom evaluate --model "$work/part" | sed -n 1,3p
