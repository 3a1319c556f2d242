using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>Another program takes a core in the middle of a run, which then may change its number of threads.</summary>
[Collection(ProgramCollection.Name)]
public partial class DisturbanceTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Train_AnotherProgramTakesACoreForAWhile_GivesTheSameWeights()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The other program is a loop of sh.");
        using TemporaryFolder folder = new();
        string[] training = ["--epochs", "12"];
        (_, string alone, _) = await ProgramRun.RunAsync(folder, [.. training, "-w", "1", "-o", "alone"]);

        using ProgramRun run = ProgramRun.Start(folder, [.. training, "-w", "auto", "-o", "disturbed"]);
        await run.ReadToAsync("epoch epoch=3");
        using Process other = Process.Start("sh", ["-c", "while :; do :; done"]);
        try
        {
            await run.ReadToAsync("epoch epoch=9");
        }
        finally
        {
            other.Kill();
        }

        (int exitCode, string disturbed, string error) = await run.EndAsync();

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(Weights().Match(alone).Groups["hash"].Value, Weights().Match(disturbed).Groups["hash"].Value);
        Assert.DoesNotMatch(Changed(), alone);

        // Whether it changes is up to the machine and to all that runs there.
        foreach (Match line in Changed().Matches(disturbed))
        {
            output.WriteLine(line.Value);
            Assert.NotEqual(line.Groups["from"].Value, line.Groups["to"].Value);
        }

        Assert.Equal(disturbed.Split('\n').Count(line => line.Contains("Z workers ", StringComparison.Ordinal)), Changed().Count(disturbed));
    }

    /// <summary>With two processors for itself, of which another program takes one for a while.</summary>
    [Fact]
    [Trait("Category", "Performance")]
    public async Task Train_AnotherProgramTakesACoreOfTwo_EvadesItAndComesBack()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CONVNN_LONG_TESTS") == "1", "It wants the machine for itself: set CONVNN_LONG_TESTS=1.");
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.ProcessorCount > 1, "It takes two processors, and taskset of Linux.");
        string? mnist = Environment.GetEnvironmentVariable("CONVNN_Data__Directory");
        Assert.SkipWhen(string.IsNullOrEmpty(mnist), "CONVNN_Data__Directory names no folder with MNIST.");
        using TemporaryFolder folder = new();

        // Steps of milliseconds, for which two threads are faster than one also where others take a core for moments.
        string[] training = ["--preset", "two-block", "--data", "mnist", "--data-dir", mnist, "--limit", "6000", "--epochs", "30"];
        (_, string alone, _) = await ProgramRun.RunAsync(folder, [.. training, "-w", "1", "-o", "alone"]);

        // Whoever else takes a core meanwhile leaves nothing to come back to.
        const int Attempts = 5;
        bool isShown = false;
        for (int attempt = 1; attempt <= Attempts && !isShown; attempt++)
        {
            using ProgramRun run = ProgramRun.StartUnder(["taskset", "--cpu-list", "0,1"], folder, [.. training, "-w", "auto", "-o", $"attempt-{attempt}"]);
            await run.ReadToAsync("epoch epoch=4");
            string before = run.Output;
            using Process other = Process.Start("taskset", ["--cpu-list", "1", "sh", "-c", "while :; do :; done"]);
            try
            {
                await run.ReadToAsync("epoch epoch=8");
            }
            finally
            {
                other.Kill();
            }

            string meanwhile = run.Output[before.Length..];
            (_, string whole, _) = await run.EndAsync();

            Assert.Equal(Weights().Match(alone).Groups["hash"].Value, Weights().Match(whole).Groups["hash"].Value);
            output.WriteLine($"attempt {attempt}: {string.Join("; ", Changed().Matches(whole).Select(line => line.Value))}");
            isShown = To(meanwhile).Contains("1") && To(whole[(before.Length + meanwhile.Length)..]).Contains("2");
        }

        Assert.True(isShown, $"In none of {Attempts} runs did steps go from two threads to one and back.");

        static string[] To(string log) => [.. Changed().Matches(log).Select(line => line.Groups["to"].Value)];
    }

    [GeneratedRegex("Z weights sha256=(?<hash>[0-9a-f]{64})")]
    private static partial Regex Weights();

    [GeneratedRegex(@"Z workers from=(?<from>\d+) to=(?<to>\d+) step=\d+( reason=""[^""]+"")? images_per_second=\d+( against_images_per_second=\d+)?(?= |$)", RegexOptions.Multiline)]
    private static partial Regex Changed();
}
