using ConvNN.App.Commands;
using ConvNN.App.Output;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>
/// What a command prints is what it was asked for: real processes whose stdout is a full disk or a pipe that nobody reads. Only a
/// training run goes on, since its folder has everything.
/// </summary>
[Collection(ProgramCollection.Name)]
public sealed class LostOutputTests(LostOutputTests.TrainedRun trained) : IClassFixture<LostOutputTests.TrainedRun>
{
    private const string Tiny = "--limit 100 -e 1 -b 10";

    /// <summary>Every command, and every way in which one prints.</summary>
    public static TheoryData<string> Commands { get; } =
    [
        "--help", "--version", "[suggest:1] -", "train --help", "--dry-run", "train --dry-run", "schema", "reference commands", "completion bash",
        "runs", "runs --json", "runs --csv", "runs run run", "runs . --open", "inspect run", "inspect run/model.safetensors", "inspect run --json", "export --model run --onnx run/model.onnx", "report run", "report run run --html both.html",
        "predict run/0.pgm --model run", "explain run/0.pgm --model run --html run/explain.html", "predict run/0.pgm --model run --json", "evaluate --model run", "serve 0 --model run", "evaluate --model run --json",
        "presets", "presets --json", "init new.json --force", "data list", "data list --json", "data path", "data get sample", $"trace --step 1 {Tiny}", "find-lr --limit 100", "check-gradients", "bench --quick",
        $"trace --step 1 {Tiny} --json", "find-lr --limit 100 --json", "check-gradients --json",
        $"verify {Tiny} --workers 1,2", "verify run", $"sweep {Tiny} --seeds 1-2 -o sweep", $"sweep {Tiny} --seeds 1-2 -o sweep --json", $"sweep {Tiny} --seeds 1-2 -o sweep --csv",
        $"leaderboard {Tiny} --seeds 1 -o sweep --set Model:Layers:0:Filters=2",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_OnAFullDisk_SaysThatItsOutputIsLost(string command)
    {
        (int exitCode, _, string error) = await trained.RunAsync("exec \"$@\" > /dev/full", command);

        Assert.Equal((4, "output: stdout cannot be written: No space left on device; redirect it to a place with room.\n"), (exitCode, error));
    }

    /// <summary>The code of programs that die of SIGPIPE, as most do.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_WhoseReaderHasLeft_EndsQuietly(string command)
    {
        (int exitCode, _, string error) = await trained.RunAsync("(sleep 0.2; exec \"$@\") | true; exit ${PIPESTATUS[0]}", command);

        Assert.Equal((141, ""), (exitCode, error));
    }

    [Fact]
    public async Task Command_WithoutStdout_SaysSo()
    {
        (int exitCode, _, string error) = await trained.RunAsync("exec \"$@\" >&-", "schema");

        Assert.Equal(4, exitCode);
        Assert.StartsWith("output: stdout cannot be written: ", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_OfTheProgram_AreAllTried()
    {
        IEnumerable<string> all = new CommandLine(null!, new LineWriter(TextWriter.Null), null!).Parse([]).RootCommandResult.Command.Subcommands.Select(command => command.Name);

        Assert.Empty(all.Except(Commands.Select(row => row.Data.Split(' ')[0])));
    }

    [Theory]
    [InlineData("exec \"$@\" > /dev/full")]
    [InlineData("(sleep 0.2; exec \"$@\") | true; exit ${PIPESTATUS[0]}")]
    public async Task Train_WithoutAReader_GoesOnAndKeepsItsLog(string script)
    {
        using TemporaryFolder folder = new();

        (int exitCode, _, string error) = await trained.RunAsync(script, $"train {Tiny} -o {folder["out"]}");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains(File.ReadAllLines(folder["out/log.txt"]), line => line.Contains(" saved ", StringComparison.Ordinal));
    }

    /// <summary>A trained run to ask about.</summary>
    public sealed class TrainedRun : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        public async ValueTask InitializeAsync()
        {
            (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, [.. Tiny.Split(' '), "-o", "run"]);
            Assert.Equal((0, ""), (exitCode, error));
            File.WriteAllText(_folder["run/0.pgm"], $"P5 28 28 255\n{new string(' ', 28 * 28)}");
        }

        /// <summary>Runs the program by a script of bash, in which <c>"$@"</c> is its command.</summary>
        internal Task<(int ExitCode, string Output, string Error)> RunAsync(string script, string arguments)
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /dev/full here.");
            return ProgramRun.RunUnderAsync(["bash", "-c", script, "bash"], _folder, arguments.Split(' '));
        }

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
