using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>Every row of <c>configuration-errors.txt</c> by the built program: its lines on stderr, exit code 2, and nothing written.</summary>
[Collection(ProgramCollection.Name)]
public class ConfigurationErrorTests
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["malformed.json"] = "{\n  \"Name\": \"ü\",,\n}",
        ["truncated.json"] = "{ \"Name\": \"x\"",
        ["section.json"] = "{\n  \"Name\": \"x\",\n  \"Trainng\": {\n    \"Seed\": 1,\n    \"Epochs\": 2\n  }\n}",
        ["list.json"] = "[]",
        ["duplicate.json"] = "{\n  \"Training\": { \"Epochs\": 1 },\n  \"Training\": { \"Seed\": 2 }\n}",
        ["deep.json"] = string.Concat(Enumerable.Repeat("{\"a\":", 40)),
        ["empty.json"] = "",
        ["surrogate.json"] = "{ \"Name\": \"\\ud800\" }",
        ["huge.json"] = new string(' ', 300_000),
        ["wrong.json"] = """
            {
              "Training": { "Epochs": "ten", "LearningRate": 1e999, "BatchSize": [1, 2] },
              "Pipeline": { "Workers": -1, "StallTimeout": {} },
              "Name": "../evil"
            }
            """,
        ["names.json"] = "{ \"Name\": \"a\\nb\", \"Output\": { \"Directory\": \"x\\u0000y\" } }",
        ["layername.json"] = "{ \"Model\": { \"Layers\": [\n  { \"Type\": \"dense\", \"Name\": \"../top\", \"Units\": 10 }] } }",
        ["twice.json"] = "{ \"Model\": { \"Layers\": [\n  { \"Type\": \"flatten\", \"Name\": \"a\" },\n  { \"Type\": \"dense\", \"Name\": \"A\", \"Units\": 10 }] } }",
        ["layers.json"] = "{ \"Model\": { \"Layers\": [\n  { \"Type\": \"conv3d\" },\n  { \"Type\": \"conv2d\", \"Filters\": 0 },\n  { \"Units\": 3 },\n  7] } }",
        ["nolayers.json"] = "{ \"Model\": { \"Layers\": [] } }",
    };

    [Fact]
    public async Task Program_WrongConfiguration_SaysWhatIsListed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The rows have a pipe and the messages of one system.");
        using TemporaryFolder folder = new();
        await PrepareAsync(folder);
        string[] before = [.. Directory.GetFileSystemEntries(folder.Path).Order(StringComparer.Ordinal)];
        List<string> failures = [];

        ParallelOptions all = new() { CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(Rows(), all, async (row, stop) =>
        {
            (int exitCode, _, string error) = await RunAsync(folder, row.Command);
            string pattern = $"^{Regex.Escape(row.Lines).Replace("…", ".*", StringComparison.Ordinal)}$";
            if (exitCode != 2 || !Regex.IsMatch(error.TrimEnd(), pattern))
            {
                lock (failures)
                {
                    failures.Add($"{row.Command}\nexit code {exitCode}, expected 2, and\n{row.Lines}\nfound:\n{error}");
                }
            }
        });

        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.Equal(before, Directory.GetFileSystemEntries(folder.Path).Order(StringComparer.Ordinal));
    }

    /// <summary>Other programs have an <c>appsettings.json</c>, too. The way out that the message names is one.</summary>
    [Theory]
    [InlineData("""{ "Logging": { "LogLevel": { "Default": "Information" } }, "AllowedHosts": "*", "ConnectionStrings": { "Db": "x" } }""", "AllowedHosts, ConnectionStrings")]
    [InlineData("""{ "Training": { "Epochs": 3 }, "AllowedHosts": "*" }""", "AllowedHosts")]
    [InlineData("""{ "A1": 1, "B2": 2, "C3": 3, "D4": 4 }""", "A1, B2, C3, …")]
    public async Task Program_FileOfAnotherProgram_NamesTheWayOut(string json, string theirs)
    {
        using TemporaryFolder folder = new();
        folder.Write("appsettings.json", json);

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["--dry-run"]);
        Match advised = Regex.Match(error, @"such as its defaults: --config (\S+appsettings\.json)\r?\n$");

        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith($"configuration: ./appsettings.json has {theirs}, which ConvNN does not know, so it seems to be another program's; ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        (exitCode, _, error) = await ProgramRun.RunAsync(folder, ["--dry-run", "--config", advised.Groups[1].Value]);
        Assert.Equal((0, ""), (exitCode, error));
    }

    [Fact]
    public async Task Resume_BesideAFileOfAnotherProgram_HasTheConfigurationOfTheRun()
    {
        using TemporaryFolder folder = new();
        (int trained, _, _) = await ProgramRun.RunAsync(folder, ["--limit", "100", "--epochs", "1", "-o", "run"]);
        folder.Write("appsettings.json", """{ "AllowedHosts": "*" }""");

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["--resume", "run", "--epochs", "2"]);

        Assert.Equal((0, 0, ""), (trained, exitCode, error));
    }

    /// <summary>A file of ours with a mistake keeps the message about the mistake.</summary>
    [Theory]
    [InlineData("""{ "Trainig": { "Epochs": 3 } }""", "configuration: Trainig is not known; did you mean Training?")]
    [InlineData("""{ "Epochs": 3 }""", "configuration: Epochs is not known; did you mean Training:Epochs?")]
    public async Task Program_MistypedSection_IsNoOtherProgram(string json, string expected)
    {
        using TemporaryFolder folder = new();
        folder.Write("appsettings.json", json);

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["--dry-run"]);

        Assert.Equal(2, exitCode);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    private static async Task PrepareAsync(TemporaryFolder folder)
    {
        foreach ((string name, string text) in Files)
        {
            folder.Write(name, text);
        }

        await File.WriteAllBytesAsync(folder["latin1.json"], Encoding.Latin1.GetBytes("{ \"Name\": \"ü\" }"));
        Directory.CreateDirectory(folder["folder.json"]);
        using Process pipe = Process.Start("mkfifo", [folder["pipe.json"]]);
        await pipe.WaitForExitAsync();
    }

    private static IEnumerable<(string Command, string Lines)> Rows()
    {
        string[] lines = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "EndToEnd", "configuration-errors.txt")).Where(line => !line.StartsWith('#'))];
        for (int i = 0; i < lines.Length;)
        {
            string command = lines[i++];
            int first = i;
            while (i < lines.Length && lines[i].StartsWith(' '))
            {
                i++;
            }

            yield return (command, string.Join('\n', lines[first..i].Select(line => line.Trim())));
        }
    }

    /// <summary>Runs a command as a shell has it: variables, the program, its arguments, of which '' is an empty one.</summary>
    private static Task<(int ExitCode, string Output, string Error)> RunAsync(TemporaryFolder folder, string command)
    {
        string[] words = command.Split(' ');
        int program = Array.IndexOf(words, "convnn");
        return ProgramRun.RunAsync(
            folder,
            [.. words[(program + 1)..].Select(word => word == "''" ? "" : word)],
            [.. words[..program].Select(variable => variable.Split('=', 2)).Select(pair => (pair[0], pair[1]))]);
    }
}
