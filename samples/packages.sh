# Sourced by the scripts of the samples: packs the libraries and the tool, and installs the tool, all in folders of $work.
# Afterwards `convnn` is on the path, and nuget.config of an app is told where the packages are by `app FOLDER`.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# Settings of this shell must not reach a run.
for name in $(compgen -e CONVNN_ || true); do unset "$name"; done

# The repository is restored from the packages of the user, since it would be left without those of a folder that is removed. The tool and
# an app get empty folders of their own below.
[ -n "${HOME:-}" ] || export HOME="$work/home"
rm -rf "$root/artifacts/packages"
dotnet pack "$root/ConvNN.sln" --output "$root/artifacts/packages" --nologo -verbosity:quiet -p:ContinuousIntegrationBuild=true
export NUGET_PACKAGES="$work/packages" DOTNET_CLI_HOME="$work/home"
dotnet tool install convnn --tool-path "$work/tools" --source "$root/artifacts/packages"
export PATH="$work/tools:$PATH"

# Copies an app to $work, to be built against the packages.
app() {
  mkdir "$work/$(basename "$1")"
  cp "$1"/*.cs "$1"/*.csproj "$work/$(basename "$1")"
  sed "s|[./]*artifacts/packages|$root/artifacts/packages|" "$1/nuget.config" > "$work/$(basename "$1")/nuget.config"
}
