using System.Globalization;
using System.Text.Json.Nodes;
using ConvNN.App.Tests.Architecture;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>The memory that a dry run names against the peak of the run itself, and runs that do not fit.</summary>
public class MemoryTests(ITestOutputHelper output)
{
    private const double Tolerance = 0.15;

    // Runs a command and tells the peak of its memory, in KiB, on stderr.
    private const string Peak =
        "import resource, subprocess, sys\n"
        + "code = subprocess.run(sys.argv[1:]).returncode\n"
        + "print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)\n"
        + "sys.exit(code)";

    public static TheoryData<string, string[]> Runs { get; } = new()
    {
        { "original.json", ["-b", "2000"] },
        { "original.json", ["-b", "2000", "-w", "8", "--set", "Pipeline:Exchange=full-gradients"] },
        { "original.json", ["-b", "100", "--lr", "0.001", "--set", "Training:Optimizer=adam", "--set", "Model:Layers:dense1:Units=4096", "--set", "Training:AverageDecay=0.99", "--set", "Data:Validation=0.1"] },
        { "original.json", ["-b", "100", "--lr", "0.001", "--set", "Training:Optimizer=momentum", "--set", "Model:Layers:dense1:Units=8192", "--set", "Training:Accumulate=2"] },
        { "lenet5.json", ["-b", "1000"] },
        { "two-block.json", ["-b", "500"] },
        { "small.json", ["-b", "250"] },
        { "best.json", ["-b", "128"] },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task DryRun_Memory_IsThePeakOfTheRun(string configuration, string[] options)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/python3"), "python3 tells the peak of a process.");
        using TemporaryFolder folder = new();
        // Enough steps for the number of threads of the beginning and for the guess after it.
        string[] run = ["--config", Path.Combine(Repository.Root, "config", configuration), "--set", "Data:Dataset=sample", "--limit", "2000", "-e", "4", "--log-format", "json", .. options];

        (_, string plan, _) = await ProgramRun.RunAsync(folder, [.. run, "--dry-run"]);

        // The layers are inspected in each run, not only in those that learn nothing.
        (int exitCode, _, string error) = await ProgramRun.RunUnderAsync(["/usr/bin/python3", "-c", Peak], folder, [.. run, "--verbose"]);

        Assert.True(exitCode == 0, error);
        JsonNode memory = plan.Split('\n').Where(line => line.Contains("\"memory\"", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line)!).Single();
        double planned = (long)memory["total_bytes"]! + (long)memory["inspection_bytes"]!;
        double peak = 1024 * double.Parse(error.Split('\n').Single(line => line.StartsWith("peak ", StringComparison.Ordinal))[5..], CultureInfo.InvariantCulture);
        output.WriteLine($"{configuration} {string.Join(' ', options)}: planned {planned / 1e6:0.0} MB, peak {peak / 1e6:0.0} MB, {(planned / peak) - 1:+0.0 %;-0.0 %}");
        Assert.InRange(planned / peak, 1 - Tolerance, 1 + Tolerance);
    }

    /// <summary>With as little as a container may have: 256 MiB.</summary>
    [Fact]
    public async Task Train_LargerThanWhatTheProcessMayUse_IsRefusedWithItsLargestParts()
    {
        using TemporaryFolder folder = new();

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["--set", "Model:Layers:dense1:Units=16384"], ("DOTNET_GCHeapHardLimit", "10000000"));

        Assert.Equal(2, exitCode);
        Assert.Matches(
            @"^configuration: The run needs \d{3} MB of memory \(\w+ \d+ MB, \w+ \d+ MB, \w+ \d+ MB\), but 268 MB may be used by this process\. Give it more memory, or use a smaller Training:BatchSize, fewer Pipeline:Workers or a smaller network\.",
            error);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>An inspection of the layers comes on top of what was planned.</summary>
    [Fact]
    public async Task Train_MemoryRunsOutAllTheSame_EndsInOneLine()
    {
        using TemporaryFolder folder = new();
        string[] run = ["--config", Path.Combine(Repository.Root, "config", "two-block.json"), "--set", "Data:Dataset=sample", "-b", "256", "-e", "1", "--limit", "512", "--verbose", "-o", "run"];

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, run, ("DOTNET_GCHeapHardLimit", "8800000"));

        Assert.Equal(11, exitCode);
        Assert.StartsWith("memory: there is not enough of it; close other programs, or use a smaller Training:BatchSize", error, StringComparison.Ordinal);
    }
}
