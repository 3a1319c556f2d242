using System.Text.Json;
using System.Text.RegularExpressions;
using ConvNN.App.Output;
using ConvNN.App.Tests.Architecture;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>
/// Every command that the pages, the help and the messages of the program show works where it is read, and loses nobody's files. The
/// examples of the help are those of <c>docs/reference/commands.md</c>.
/// </summary>
[Collection(ProgramCollection.Name)]
public partial class ShownCommandTests(ShownCommandDesk desk) : IClassFixture<ShownCommandDesk>
{
    /// <summary>Commands that cannot run inside of a test, by their beginnings, and why.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["dotnet test"] = "it is what runs here",
        [".ci/run"] = "it runs these tests",
        ["dotnet format"] = "it builds the repository; .ci/run runs it",
        ["dotnet pack"] = "samples/DigitApp/run.sh runs it",
        ["dotnet tool install"] = "samples/DigitApp/run.sh runs it",
        ["cd samples/DigitApp"] = "a program of its own; samples/DigitApp/run.sh runs it",
        ["dotnet run -- ../../runs/first/model.safetensors"] = "a program of its own; samples/DigitApp/run.sh runs it",
        ["dotnet publish"] = "it restores packages of the runtime; .ci/run runs it",
        ["dotnet run -c Release --project tests/ConvNN.Benchmarks"] = "it builds, and measures for minutes",
        ["dotnet-counters"] = "a tool that is not installed here",
        ["dotnet run -- --dashboard"] = "it stays until ^C; DashboardTests and tests/browser run it",
        ["dotnet run -- --set Dashboard:Port"] = "as above",
        ["dotnet run -- serve"] = "as above",
        ["convnn serve"] = "as above",
        ["convnn --dashboard"] = "as above",
        ["curl"] = "it asks a server that does not run here; tests/browser and SentImagesTests ask one",
        ["cd tests/browser"] = ".ci/run runs it",
        ["dotnet run -- data get mnist fashion-mnist"] = "Fashion-MNIST is not among the data of the tests",
        ["convnn data get mnist fashion-mnist"] = "as above",
        ["dotnet run -- --data fashion-mnist"] = "as above",
    };

    // One batch of the largest that is shown.
    private const string Small = "--limit 150 --epochs 1";

    /// <summary>What makes long commands short: the options to append, by the first beginning that fits, without the program.</summary>
    private static readonly (string Begins, string Adds)[] Shortened =
    [
        ("verify runs/", ""),
        ("verify 'runs/", ""),
        ("verify", Small),
        ("bench", "--quick"),
        ("sweep --vary", Small),
        ("sweep config", $"{Small} --part 1/7"),
        ("leaderboard", $"{Small} --part 1/7"),
        ("find-lr", "--limit 500"),
        ("train", Small),
        ("--resume", "--kernels auto"),
        ("--help", ""),
        ("-", Small),
    ];

    /// <summary>A command in a message: in which file of the program it stands, what provokes it, and what then is told.</summary>
    /// <param name="File">The file, below <c>src/App</c>.</param>
    /// <param name="Provoked">A line for the shell.</param>
    /// <param name="ExitCode">Its exit code.</param>
    /// <param name="Told">The command.</param>
    private sealed record Advice(string File, string Provoked, int ExitCode, string Told)
    {
        /// <summary>The exit code of what is told.</summary>
        public int ToldExitCode { get; init; }
    }

    private static readonly Advice[] Advices =
    [
        new("Commands/Trace/TraceCommand.cs", "dotnet run -- trace", 2, "dotnet run -- trace --step 1"),
        new("Commands/Models/ReportCommand.cs", "dotnet run -- report alone.safetensors", 5, "dotnet run -- runs"),
        new("Commands/Models/RunsReport.cs", "mkdir empty && cd empty && dotnet run -- runs", 0, "dotnet run -- train"),
        new("Commands/Models/RunsReport.cs", "dotnet run -- runs", 0, @"dotnet run -- --resume 'runs/it'\''s é'"),
        new("Commands/Models/InspectReport.cs", "dotnet run -- inspect \"runs/it's é\"", 0, @"dotnet run -- --resume 'runs/it'\''s é'"),
        new("Runs/RunFolder.cs", "dotnet run -- --output \"runs/it's é\"", 4, @"dotnet run -- --resume 'runs/it'\''s é'"),
        new("Runs/RunSummary.cs", "cat runs/cut/log.txt", 0, "dotnet run -- --resume runs/cut"),
        new("Runs/ModelLocation.cs", "mkdir empty && cd empty && dotnet run -- evaluate", 5, "dotnet run -- train"),
        new("Runs/ResumePoint.cs", "dotnet run -- --limit 100 --epochs 1 --set Checkpoints:Strategy=never -o \"runs/it's new\" >log && dotnet run -- --resume \"runs/it's new\"", 5, @"dotnet run -- --config 'runs/it'\''s new/config.json'"),
        new("Runs/RunCheckpoints.cs", "for file in runs/first/checkpoints/*/*.safetensors; do echo torn >\"$file\"; done; dotnet run -- --resume runs/first", 5, "dotnet run -- --config runs/first/config.json"),
        new("Commands/Start/PresetsReport.cs", "dotnet run -- presets", 0, "dotnet run -- --preset lenet5"),
        new("Commands/Start/PresetsReport.cs", "cd docs && dotnet run -- presets", 0, "dotnet run -- init lenet5.json --preset lenet5"),
        new("Commands/Start/InitCommand.cs", "mkdir empty && cd empty && dotnet run -- init", 0, "dotnet run -- train"),
        new("Commands/Start/InitCommand.cs", "dotnet run -- init \"it's new.json\"", 0, @"dotnet run -- --config 'it'\''s new.json'"),
        new("Commands/Data/DataListCommand.cs", "XDG_CACHE_HOME=$PWD/none dotnet run -- data list", 0, "dotnet run -- data get mnist"),
        new("Faults/UsageException.cs", "dotnet run -- bench --epochs 3", 2, "dotnet run -- bench --help"),
        new("Commands/Sweep/SweepCommands.cs", "dotnet run -- sweep \"it's.json\" --config config/best.json", 2, @"dotnet run -- sweep 'it'\''s.json'"),
        new("Commands/Verify/VerifyRunCommand.cs", "sed -i -E '2s/[0-9a-f]{64}/0000000000000000000000000000000000000000000000000000000000000000/' runs/first/history.csv; dotnet run -- verify runs/first", 10, "dotnet run -- verify runs/first --kernels auto,reference") { ToldExitCode = 10 },
    ];

    // Whose commands are one that was typed, which is held below, and one with a hash, which SweepKeepTests runs.
    private const string Again = "Commands/Sweep/SweepCommand.cs";

    // Where a command is read makes a difference to one with a file of the repository.
    public static TheoryData<string> Commands { get; } =
    [
        .. Shown()
            .Where(command => !Elsewhere.Keys.Any(begins => command.StartsWith(begins, StringComparison.Ordinal)))
            .DistinctBy(command => command.Contains("config/", StringComparison.Ordinal) ? command : Parts().Replace(command, "convnn${arguments}${rest}")),
    ];

    public static TheoryData<string> Provocations { get; } = [.. Advices.Select(advice => advice.Provoked)];

    [Theory]
    [MemberData(nameof(Commands))]
    public Task Command_ThatAPageShows_WorksWhereItIsRead(string command) => RunsAsync(command, 0);

    [Theory]
    [MemberData(nameof(Provocations))]
    public Task Command_ThatAMessageTells_Works(string provoked)
    {
        Advice advice = Advices.Single(advice => advice.Provoked == provoked);
        return RunsAsync(advice.Told, advice.ToldExitCode, async folder =>
        {
            (int exitCode, string output, string error) = await desk.RunAsync(folder, provoked);

            Assert.True(exitCode == advice.ExitCode && Says(output + error, advice.Told), $"{provoked}\nends with {exitCode} and does not tell {advice.Told}:\n{output}{error}");
        });
    }

    [Fact]
    public async Task Command_OfASweepThatWasStopped_GoesOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using TemporaryFolder folder = new();
        using ProgramRun run = ProgramRun.Start(folder, ["[dotnet-run]", "sweep", "--vary", "Training:Epochs=1,10000", "--limit", "500", "-o", "it's é"]);
        await run.ReadToAsync("trial");
        await run.SignalAsync("INT");
        (_, string output, _) = await run.EndAsync();
        string told = Regex.Match(output, "Z resume command=\"(.*)\"").Groups[1].Value.Replace(@"\\", @"\", StringComparison.Ordinal);

        (int exitCode, output, string error) = await ProgramRun.RunLineAsync(folder, folder.Path, $"{told} --table");

        Assert.Equal(@"dotnet run -- sweep --vary Training:Epochs=1,10000 --limit 500 -o 'it'\''s é'", told);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("trials=1 ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_OfAllPages_AreFound()
    {
        string[] commands = [.. Shown()];

        Assert.Contains("dotnet run -- --workers 8", commands);
        Assert.Contains("convnn trace --step 1 --workers 2", commands);
        Assert.True(commands.Length > 80, $"{commands.Length} commands");
        Assert.All(Elsewhere.Keys, begins => Assert.Contains(commands, command => command.StartsWith(begins, StringComparison.Ordinal)));
    }

    /// <summary>A new message with a command is a new row.</summary>
    [Fact]
    public void Advices_AreThoseOfTheSource()
    {
        string root = Path.Combine(Repository.Root, "src", "App");
        IEnumerable<string> told =
            from file in Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
            let name = Path.GetRelativePath(root, file).Replace('\\', '/')
            where name is not ("Output/Invocation.cs" or "Commands/Options/HelpPage.cs")
            from site in Site().Matches(File.ReadAllText(file))
            select name;

        Assert.Equal(Advices.Select(advice => advice.File).Append(Again).Append(Again).Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    /// <summary>Runs a command as it is shown, but short; it must end as it should and say nothing on stderr but a fault.</summary>
    private async Task RunsAsync(string command, int expected, Func<string, Task>? prepare = null)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Commands run in bash, and signals are sent with kill.");
        Assert.SkipWhen(!ShownCommandDesk.HasMnist && Regex.IsMatch(command, @"(--data|data get) mnist|--preset"), "CONVNN_Data__Directory names no folder with MNIST.");
        string line = Short(command);
        await desk.UseAsync(command, prepare, async folder =>
        {
            (int exitCode, string output, string error) = await desk.RunAsync(folder, line);

            Assert.True(exitCode == expected && (expected != 0 || error.Length == 0), $"{line}\nends with {exitCode}:\n{error}{output}");
        });
    }

    private static string Short(string command)
    {
        Match parts = Parts().Match(command);
        string arguments = parts.Groups["arguments"].Value.Trim();
        string adds = !parts.Success ? ""
            : arguments.Length == 0 ? Small
            : Shortened.FirstOrDefault(shortened => arguments.StartsWith(shortened.Begins, StringComparison.Ordinal)).Adds ?? "";
        return parts.Success ? $"{parts.Groups["program"]} {arguments} {adds} {parts.Groups["rest"]}" : command;
    }

    private static bool Says(string output, string command) =>
        output.Contains(command, StringComparison.Ordinal)
        || output.Contains(ReadableJson.Ascii(JsonSerializer.Serialize(command, Plain)).Trim('"'), StringComparison.Ordinal);

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The commands of that page follow each other; samples/OwnPictures/run.sh runs them.
    private static IEnumerable<string> Shown() => MarkdownPage.All.Where(page => Path.GetFileName(page) != "own-pictures.md").SelectMany(page => new MarkdownPage(page).Commands()).Distinct();

    [GeneratedRegex(@"Invocation\.(?:Of\(|Resuming\(|Again\b)")]
    private static partial Regex Site();

    [GeneratedRegex(@"^(?<program>dotnet run --|convnn)(?<arguments>(?: [^>|]*)?)(?<rest>(?:[>|].*)?)$")]
    private static partial Regex Parts();
}
