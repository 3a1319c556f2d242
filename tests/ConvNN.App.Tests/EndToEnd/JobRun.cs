using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>The built program as a job: several processes, started by the launcher of an MPI library.</summary>
internal sealed partial class JobRun : IDisposable
{
    // Far beyond what a job takes on busy cores, and below the 60 s after which a program is given up.
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(0.1);

    // With both names of libraries: what a launcher is called where the other MPI is installed as well.
    private static readonly Dictionary<string, (string Launcher, string Library, string[] Options)> Launchers = new()
    {
        ["Open MPI"] = ("mpirun.openmpi", "libmpi.so.40", ["--oversubscribe", "--bind-to", "none", "--mca", "btl_vader_single_copy_mechanism", "none"]),
        ["MPICH"] = ("mpiexec.mpich", "libmpich.so.12", ["-bind-to", "none"]),
    };

    private readonly ProgramRun _run;
    private readonly string _mark;
    private long _begin = Stopwatch.GetTimestamp();

    private JobRun(ProgramRun run, TemporaryFolder folder) => (_run, _mark) = (run, $"XDG_CACHE_HOME={folder["cache"]}\0");

    /// <summary>The libraries that tests are for.</summary>
    public static TheoryData<string> Libraries { get; } = [.. Launchers.Keys];

    /// <summary>The file name of a library.</summary>
    public static string FileOf(string library) => Launchers[library].Library;

    /// <summary>Starts ranks; skips the test, with the reason, if the library is not installed.</summary>
    /// <param name="library">The library's name.</param>
    /// <param name="ranks">The number of ranks.</param>
    /// <param name="folder">Their current folder.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="shell">What the shell of each rank does before: <c>$r</c> is the rank, <c>$@</c> the command.</param>
    public static JobRun Start(string library, int ranks, TemporaryFolder folder, string[] arguments, string shell = "")
    {
        (string launcher, _, string[] options) = Launchers[library];
        bool isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(path => File.Exists(Path.Combine(path, launcher)));
        Assert.SkipUnless(isThere, $"{library} is not installed: there is no {launcher}.");
        string script = $"r=${{OMPI_COMM_WORLD_RANK:-$PMI_RANK}}; {shell}\nexec \"$@\"";
        return new JobRun(
            ProgramRun.StartUnder(
                [launcher, .. options, "-n", ranks.ToString(CultureInfo.InvariantCulture), "sh", "-c", script, "sh"],
                folder,
                arguments,
                ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
                ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")),
            folder);
    }

    /// <summary>Runs ranks to their end.</summary>
    public static async Task<JobResult> RunAsync(string library, int ranks, TemporaryFolder folder, string[] arguments, string shell = "")
    {
        using JobRun job = Start(library, ranks, folder, arguments, shell);
        return await job.EndAsync();
    }

    /// <summary>Reads stdout up to an event.</summary>
    /// <param name="beginning">How its line goes on after the time.</param>
    public Task ReadToAsync(string beginning) => _run.ReadToAsync(beginning);

    /// <summary>Sends a signal to the launcher.</summary>
    public Task SignalAsync(string signal)
    {
        _begin = Stopwatch.GetTimestamp();
        return _run.SignalAsync(signal);
    }

    /// <summary>Sends a signal to a rank.</summary>
    public async Task SignalRankAsync(int rank, string signal)
    {
        _begin = Stopwatch.GetTimestamp();
        (int process, _) = Assert.Single(Ranks(), found => found.Rank == rank);
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for the end, and checks that it comes soon after the start or the last signal, and that no rank is left.</summary>
    public async Task<JobResult> EndAsync()
    {
        (int exitCode, string output, string error) = await _run.EndAsync();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_begin);
        for (int attempt = 0; attempt < 50 && Ranks().Any(); attempt++)
        {
            await Task.Delay(Poll, TestContext.Current.CancellationToken);
        }

        JobResult result = new(exitCode, output, error);
        TestContext.Current.TestOutputHelper!.WriteLine($"code {exitCode} after {elapsed.TotalSeconds:0.0} s: {string.Join(" | ", result.Faults)}");
        Assert.True(elapsed < Quick, $"{elapsed.TotalSeconds} s: {result}");
        Assert.Empty(Ranks());
        return result;
    }

    public void Dispose()
    {
        _run.Dispose();
        foreach ((int process, _) in Ranks())
        {
            using Process kill = Process.Start("kill", ["-KILL", $"{process}"]);
            kill.WaitForExit();
        }
    }

    // A process that has ended and whose parent has not noticed has no environment any more.
    private IEnumerable<(int Process, int Rank)> Ranks() =>
        from folder in Directory.GetDirectories("/proc")
        where char.IsAsciiDigit(Path.GetFileName(folder)[0])
        let environment = EnvironmentOf(folder)
        where environment.Contains(_mark, StringComparison.Ordinal)
        let rank = RankVariable().Match(environment)
        where rank.Success
        select (int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), int.Parse(rank.Groups[1].Value, CultureInfo.InvariantCulture));

    private static string EnvironmentOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [GeneratedRegex(@"\0(?:OMPI_COMM_WORLD_RANK|PMI_RANK)=(\d+)\0")]
    private static partial Regex RankVariable();
}

/// <summary>How a job ended.</summary>
/// <param name="ExitCode">The launcher's exit code.</param>
/// <param name="Output">What rank 0 printed on stdout.</param>
/// <param name="Error">What ranks and launcher printed on stderr.</param>
internal sealed partial record JobResult(int ExitCode, string Output, string Error)
{
    /// <summary>Creates the end of a program without a launcher.</summary>
    public JobResult((int ExitCode, string Output, string Error) end)
        : this(end.ExitCode, end.Output, end.Error)
    {
    }

    /// <summary>The lines by which ranks report a fault.</summary>
    public IReadOnlyList<string> Faults { get; } = [.. Error.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => FaultLine().IsMatch(line))];

    /// <summary>The exit code, and the line by which one rank alone reports the fault.</summary>
    public (int ExitCode, string Fault) OneFault() => (ExitCode, Assert.Single(Faults));

    // A kind of Fault, or what a runtime writes that ends by an exception.
    [GeneratedRegex(@"^(rank \d+: )?(usage|configuration|dataset|download|output|files|cluster|diverged|checkpoint|run|bug: \w+|Unhandled exception.*): |^ +at \w+\.")]
    private static partial Regex FaultLine();
}
