#!/usr/bin/env bash
# From a folder of photos to a program that names them: runs the commands that docs/own-pictures.md shows, as it shows them, in a
# folder of its own, and prints what they print. Fails unless the network names 95 of 100 pictures that it has not seen, colour alone
# fewer than 50, and the program, published as native code, names them as the tool does. With --write, the page gets the output.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
page="$here/../../docs/own-pictures.md"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Publishing as native code needs a linker and its libraries.
command -v clang >/dev/null || command -v gcc >/dev/null || (apt-get update && apt-get install --yes --no-install-recommends clang zlib1g-dev) >/dev/null 2>&1
source "$here/../packages.sh" > "$work/packing"
cp "$here"/*.cs "$here"/*.json "$work"
app "$here/NameIt"
cd "$work"

# Lines of the page outside of a shown command stay; after a command comes what it prints now.
shown=false
while IFS= read -r line; do
  case $line in
    '$ '*)
      shown=true
      echo "$line"
      bash -c "set -euo pipefail; ${line#\$ }" 2>&1 | sed "s|$work/||g"
      ;;
    '```'*)
      shown=false
      echo "$line"
      ;;
    *) $shown || echo "$line" ;;
  esac
done < "$page" > output
cat output

share() { convnn evaluate --model "$1" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["accuracy"])'; }
photos=$(share runs/photos) colour=$(share runs/mean-colour)
echo "right on unseen pictures: $photos; by mean colour alone: $colour"
python3 -c "import sys; sys.exit(not ($photos >= 0.95 and $colour < 0.5))"

# The program and the tool say the same of all test pictures; so does a program for any x64 processor, which native code is unless the app
# or the package asks for more. What that costs is printed, since it depends on the machine.
find photos/test -type f | sort > pictures
rm -rf NameIt/bin NameIt/obj
dotnet publish NameIt --output nameit-any --nologo -verbosity:quiet -p:IlcInstructionSet=
[ "$(uname -m)" != x86_64 ] || ! cmp -s nameit/NameIt nameit-any/NameIt || { echo "An app cannot choose its instructions: both programs are the same."; exit 1; }
speed() {
  local begun=$(date +%s%N)
  xargs "$1/NameIt" runs/photos/model.safetensors < pictures | sed 's/ (.*//' > "$2"
  echo "$(($(wc -l < "$2") * 1000000000 / ($(date +%s%N) - begun))) images/s"
}
echo "native code as published: $(speed nameit named), for any x64 processor: $(speed nameit-any named-any), with start and reading of pictures"
diff named named-any
xargs convnn predict --model runs/photos < pictures | grep '^photos/' | awk '{ print $2 }' > told
diff <(sed 's/.*: //' named) told
if ./nameit/NameIt none.safetensors none.png 2> fault; then exit 1; fi
[ "$(wc -l < fault)" -eq 1 ] && grep -q 'none.safetensors: there is no such file' fault
if [ "${1:-}" = --write ]; then cp output "$page"; fi
