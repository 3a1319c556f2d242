using System.Diagnostics;
using System.Globalization;
using ConvNN.App.Commands.Sweep;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary><c>mpirun -n 3 convnn sweep</c>: real processes, started by real launchers.</summary>
[Collection(ProgramCollection.Name)]
public sealed class SweepOverRanksTests : IDisposable
{
    private const string OpenMpi = "mpirun.openmpi --allow-run-as-root --oversubscribe --bind-to none --mca btl_vader_single_copy_mechanism none";
    private const string Mpich = "mpiexec.mpich -bind-to none";

    private static readonly string[] Few = ["sweep", "--vary", "Training:LearningRate=0.05,1e6", "--seeds", "1-3", "--limit", "300", "--epochs", "2", "--keep", "all"];
    private static readonly string[] Many = ["sweep", "--seeds", "1-12", "--limit", "2000", "--epochs", "10", "--parallel", "1", "--set", "Cluster:Deadline=8"];

    // The rows of one process, which all tests share.
    private static readonly Lazy<Task<string[]>> AllRows = new(async () =>
    {
        using TemporaryFolder folder = new();
        Assert.Equal(0, (await ProgramRun.RunAsync(folder, [.. Many, "-o", "one"])).ExitCode);
        return [.. Summary(folder["one"])];
    });

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(OpenMpi)]
    [InlineData(Mpich)]
    public async Task Sweep_OnThreeRanks_EndsInTheRowsOfOneProcess(string launcher)
    {
        string[] outer = Launcher(launcher, 3);
        (int alone, _, _) = await ProgramRun.RunAsync(_folder, [.. Few, "-o", "one"]);

        (int exitCode, _, string error) = await ProgramRun.RunUnderAsync(outer, _folder, [.. Few, "-o", "three"]);

        Assert.Equal(6, alone);
        Assert.True(exitCode != 0, error);
        Assert.Contains("sweep: 3 trials of 6 failed, the others have their rows; the first is original LearningRate=1e6 seed 1: diverged: ", error, StringComparison.Ordinal);
        Assert.Equal(Summary(_folder["one"]), Summary(_folder["three"]));
        Assert.Equal(Kept("one"), Kept("three"));
        Assert.Equal(3, Kept("three").Count(path => path.EndsWith("model.safetensors", StringComparison.Ordinal)));
    }

    /// <summary>Whichever rank is killed or stopped: the job ends soon, and one with another number of ranks goes on.</summary>
    [Theory]
    [InlineData(OpenMpi, "KILL", 1)]
    [InlineData(OpenMpi, "KILL", 0)]
    [InlineData(OpenMpi, "STOP", 2)]
    [InlineData(OpenMpi, "TERM", 1)]
    [InlineData(Mpich, "KILL", 2)]
    [InlineData(Mpich, "STOP", 1)]
    public async Task Sweep_RankIsSignalled_EndsAndGoesOnWithAnotherNumber(string launcher, string signal, int rank)
    {
        string[] outer = Launcher(launcher, 3);
        string[] all = await AllRows.Value;
        using ProgramRun run = ProgramRun.StartUnder(outer, _folder, [.. Many, "-o", "cut"]);
        while (!File.Exists(_folder["cut/sweep.csv"]) || File.ReadAllLines(_folder["cut/sweep.csv"]).Length < 3)
        {
            if (run.HasEnded)
            {
                Assert.Fail($"The job ended by itself: {await run.EndAsync()}");
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        using (Process kill = Process.Start("kill", [$"-{signal}", $"{Find(rank)}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        (int exitCode, string output, string error) = await run.EndAsync();

        Assert.True(exitCode != 0, $"{output}{error}");
        Assert.InRange(SweepFile.ReadAll(_folder["cut"]).Count, 2, 11);
        if (signal == "STOP")
        {
            Assert.Matches($@"cluster: rank {rank}, which trained original seed \d+, has not answered for 8 s; rows are kept, ", error);
        }

        Assert.Equal(0, (await ProgramRun.RunUnderAsync(Launcher(launcher, 2), _folder, [.. Many, "-o", "cut"])).ExitCode);
        Assert.Equal(all, Summary(_folder["cut"]));
    }

    /// <summary>A launcher with its options; skips the test if it is not installed.</summary>
    private static string[] Launcher(string words, int ranks)
    {
        string[] outer = [.. words.Split(' '), "-n", $"{ranks}"];
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, outer[0]))), $"There is no {outer[0]} here.");
        return outer;
    }

    /// <summary>The process of a rank of this test's job: it has the test's folder in its environment.</summary>
    private int Find(int rank) => Directory.GetDirectories("/proc")
        .Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0]))
        .Where(process => Read(process, "cmdline").Split('\0') is [_, var program, "sweep", ..] && program.EndsWith("convnn.dll", StringComparison.Ordinal))
        .Where(process => Read(process, "environ").Split('\0') is var environment && environment.Contains($"XDG_CACHE_HOME={_folder["cache"]}")
            && (environment.Contains($"OMPI_COMM_WORLD_RANK={rank}") || environment.Contains($"PMI_RANK={rank}")))
        .Select(process => int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture))
        .Single();

    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static IEnumerable<string> Summary(string folder) => SweepFile.ReadAll(folder)
        .Select(row => $"{row.Seed} {row.Varied.GetValueOrDefault("Training:LearningRate")} {row.Status} {row.TestAccuracy} {row.WeightsSha256}").Order(StringComparer.Ordinal);

    private IEnumerable<string> Kept(string folder) => Directory.EnumerateFiles(_folder[folder], "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(_folder[folder], path)).Order(StringComparer.Ordinal);
}
