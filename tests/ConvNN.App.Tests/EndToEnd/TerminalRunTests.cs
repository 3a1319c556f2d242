using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConvNN.App.Configuration;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>The program on a terminal, which <c>script</c> of util-linux makes, and as JSON.</summary>
[Collection(ProgramCollection.Name)]
public partial class TerminalRunTests
{
    private const string Erase = "\u0001";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Train_OnATerminal_RedrawsAStatusLineAndLeavesACleanScreen()
    {
        using TemporaryFolder folder = new();
        string screen = await RunAsync(folder, "--limit 4000 -e 500 -o out", isInterrupted: true);

        string[] states = [.. StatusLine().Matches(screen).Select(match => match.Value).Distinct()];
        Assert.True(states.Length >= 2, $"The status line was not redrawn:\n{screen}");
        Assert.Contains("\x1b", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("\x1b[?25l", screen, StringComparison.Ordinal);
        string[] left = Left(screen);
        Assert.All(left, line => Assert.InRange(line.Length, 0, 80));
        string whole = string.Join('\n', left);
        Assert.DoesNotContain("  loss 0", whole, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\^C(?! stops)", whole);
        Assert.Contains("\nstop    SIGINT", whole, StringComparison.Ordinal);
        Assert.Contains("\ndone    SAMPLE, NOT MNIST: test ", whole, StringComparison.Ordinal);
        Assert.Contains("\nsaved   out: ", whole, StringComparison.Ordinal);
        Assert.StartsWith("resume  ", left.Last(line => line.Length > 0 && line[0] != ' '), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NO_COLOR=1")]
    [InlineData("TERM=dumb")]
    public async Task Train_PlainTerminal_PrintsKeysAndValues(string variable)
    {
        using TemporaryFolder folder = new();

        string screen = await RunAsync(folder, "--limit 200 -e 1 -o out", isInterrupted: false, variable);

        Assert.DoesNotContain("\r\x1b", screen, StringComparison.Ordinal);
        Assert.Matches(@"\S+Z epoch epoch=1 epochs=1 ", screen);
    }

    [Fact]
    public async Task Train_Json_PrintsAnObjectALineAndKeepsKeysAndValuesInTheFile()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["--limit", "200", "-e", "1", "-o", "out", "--log-format", "json"]);

        Assert.Equal((0, ""), (exitCode, error));
        string[] words = [.. output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetString()!)];
        Assert.Equal(["start", "data", "layer", "layer", "layer", "layer", "layer", "layer", "model", "train", "output", "epoch", "done", "weights", "limit", "saved"], words.Where(word => word is not ("step" or "warning")));
        Assert.Equal(words, File.ReadAllLines(folder["out/log.txt"]).Select(line => line.Split(' ')[1]).Where(word => word != "checkpoint"));
    }

    /// <summary>What commands print of a model in folders with long names.</summary>
    [Fact]
    public async Task ModelCommands_OnATerminal_FillNoLineBeyondItsEdge()
    {
        using TemporaryFolder folder = new();
        const string Run = "a-folder-with-quite-a-long-name/and-a-run-in-it/20261125-181032-original";
        await RunAsync(folder, $"--limit 300 -e 1 -o {Run}", isInterrupted: false);
        File.WriteAllBytes(folder["wide.pgm"], [.. "P5 90 70 255\n"u8, .. Enumerable.Range(0, 90 * 70).Select(i => (byte)(i % 90))]);

        string[] commands =
        [
            $"evaluate --model {Run}", $"inspect {Run}", $"inspect {Run}/checkpoints/latest", $"predict wide.pgm wide.pgm --model {Run}", $"explain wide.pgm --model {Run}",
            $"export --model {Run} --onnx {Run}/model.onnx", $"report {Run}", $"init {Run}/a-configuration-of-my-own.json", "runs a-folder-with-quite-a-long-name/and-a-run-in-it",
        ];
        foreach (string command in commands)
        {
            string[] lines = Left((await RunAsync(folder, command, isInterrupted: false, data: "")).Replace("\x1b=", "", StringComparison.Ordinal));
            Assert.True(lines.Length > 0 && lines.All(line => line.Length <= 80), $"{command}:\n{string.Join('\n', lines)}");
        }
    }

    /// <summary>What the program wrote to a terminal of 80 columns.</summary>
    private static async Task<string> RunAsync(TemporaryFolder folder, string arguments, bool isInterrupted, string variable = "TERM=xterm", string data = " --data sample --download false")
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "There is no script of util-linux here.");
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string program = Path.Combine(AppContext.BaseDirectory, "convnn.dll");
        ProcessStartInfo start = new("env", ["--default-signal=INT", "-u", "NO_COLOR", "TERM=xterm", variable, "script", "-qfec", $"stty cols 80 rows 25; exec '{host}' '{program}' {arguments}{data}", "/dev/null"])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith(EnvironmentSettings.Prefix, StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        // Often: on a fast machine an epoch of the sample is over before a status line would be drawn.
        start.Environment["CONVNN_Logging__IntervalSeconds"] = "0.01";
        start.Environment["XDG_CACHE_HOME"] = folder["cache"];
        using Process process = Process.Start(start)!;
        StringBuilder screen = new();
        try
        {
            using CancellationTokenSource patience = new(Patience);
            char[] buffer = new char[4096];
            bool isSent = false;
            int read;
            while ((read = await process.StandardOutput.ReadAsync(buffer, patience.Token)) > 0)
            {
                screen.Append(buffer, 0, read);
                if (isInterrupted && !isSent && EpochLine().IsMatch(screen.ToString()) && StatusLine().Matches(screen.ToString()).DistinctBy(match => match.Value).Count() >= 2)
                {
                    // The terminal makes a signal of it, and echoes it.
                    isSent = true;
                    await process.StandardInput.WriteAsync('\x03');
                    await process.StandardInput.FlushAsync();
                }
            }

            await process.WaitForExitAsync(patience.Token);
            return screen.ToString();
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The program did not end; the last of its screen:\n{screen.ToString()[Math.Max(0, screen.Length - 1000)..]}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>The lines that are left on a screen: text after a carriage return replaces what was there, and ESC [ K erases the rest of the line.</summary>
    private static string[] Left(string screen) =>
    [
        .. Escape().Replace(screen.Replace("\x1b[K", Erase, StringComparison.Ordinal), "").Split('\n').Select(line => line.TrimEnd('\r').Split('\r')
            .Aggregate("", (below, above) => above.Contains(Erase, StringComparison.Ordinal)
                ? above.Replace(Erase, "", StringComparison.Ordinal)
                : above + below[Math.Min(above.Length, below.Length)..])
            .TrimEnd()),
    ];

    [GeneratedRegex(@"\r\s*\d+/500  [^\r\n]*loss \d[^\r\n]*")]
    private static partial Regex StatusLine();

    [GeneratedRegex(@"\b1/500  [\d. ]*,\d[^\r\n]*SAMPLE")]
    private static partial Regex EpochLine();

    [GeneratedRegex(@"\x1b(\[[0-9;?]*[A-Za-z]|[=>])")]
    private static partial Regex Escape();
}
