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

    [GeneratedRegex("Z weights sha256=(?<hash>[0-9a-f]{64})")]
    private static partial Regex Weights();

    [GeneratedRegex(@"Z workers from=(?<from>\d+) to=(?<to>\d+) step=\d+ images_per_second=\d+( against_images_per_second=\d+)?(?= |$)", RegexOptions.Multiline)]
    private static partial Regex Changed();
}
