#!/usr/bin/env bash
# Packs the libraries and the tool, installs the tool and trains with it, and builds and runs this app against the packages,
# all in folders of its own: what a stranger does who has just the packages. Fails unless the picture is told right.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_HOME="$work/home"

# Settings of this shell must not reach the run.
for name in $(compgen -e CONVNN_ || true); do unset "$name"; done

# Those of the user, which restoring the repository has filled; the app gets an empty folder of its own below.
[ -n "${HOME:-}" ] || export HOME="$work/home"
rm -rf "$root/artifacts/packages"
dotnet pack "$root/ConvNN.sln" --output "$root/artifacts/packages" --nologo -verbosity:quiet -p:ContinuousIntegrationBuild=true
ls "$root/artifacts/packages"

export NUGET_PACKAGES="$work/packages"
dotnet tool install convnn --tool-path "$work/tools" --source "$root/artifacts/packages"
(cd "$work" && ./tools/convnn --data sample --epochs 3 --output run | tail -n 2)

mkdir "$work/app"
cp "$here"/*.cs "$here"/*.csproj "$work/app"
sed "s|../../artifacts/packages|$root/artifacts/packages|" "$here/nuget.config" > "$work/app/nuget.config"
dotnet build "$work/app" --nologo -verbosity:quiet --output "$work/bin"
dotnet "$work/bin/DigitApp.dll" "$work/run/model.safetensors" "$here/seven.pgm" | tee "$work/told"
grep -q '^This is a 7,' "$work/told"
