using System.Diagnostics;

namespace ConvNN.Cluster.Tests;

/// <summary>A job of real processes, started by a real launcher.</summary>
internal sealed class MpiJob
{
    private const string Mark = "CONVNN_CLUSTER_TEST_JOB";

    // Far beyond any test's time: only so that a job that hangs fails its test instead of stopping all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // With both names of libraries: what a launcher is called where the other MPI is installed as well, and what it loads.
    private static readonly Dictionary<string, (string Launcher, string Library, string[] Options)> Launchers = new()
    {
        ["Open MPI"] = ("mpirun.openmpi", "libmpi.so.40", ["--oversubscribe", "--bind-to", "none", "--mca", "btl_vader_single_copy_mechanism", "none"]),
        ["MPICH"] = ("mpiexec.mpich", "libmpich.so.12", ["-bind-to", "none"]),
    };

    private readonly string _mark = Guid.NewGuid().ToString();
    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly Process _launcher;

    private MpiJob(Process launcher) => _launcher = launcher;

    /// <summary>The libraries that tests are for.</summary>
    public static TheoryData<string> Libraries { get; } = [.. Launchers.Keys];

    /// <summary>The file name of a library.</summary>
    public static string FileOf(string library) => Launchers[library].Library;

    /// <summary>The path of a library's launcher; skips the test, with the reason, if it is not installed.</summary>
    /// <param name="library">The library's name.</param>
    public static string LauncherOf(string library)
    {
        string launcher = Launchers[library].Launcher;
        string? path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, launcher)).FirstOrDefault(File.Exists);
        Assert.SkipUnless(path is not null, $"{library} is not installed: there is no {launcher}.");
        return path;
    }

    /// <summary>Starts ranks; skips the test, with the reason, if the library is not installed.</summary>
    /// <param name="library">The library's name.</param>
    /// <param name="ranks">The number of ranks.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="environment">Further environment variables.</param>
    public static MpiJob Start(string library, int ranks, string arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(LauncherOf(library), [.. Launchers[library].Options, "-n", $"{ranks}", "dotnet", Path.Combine(AppContext.BaseDirectory, "ConvNN.Cluster.Program.dll"), .. arguments.Split(' ')])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        MpiJob job = new(new Process { StartInfo = start });
        start.Environment[Mark] = job._mark;
        job._launcher.Start();
        return job;
    }

    /// <summary>Runs ranks to their end, and checks that all of them have ended.</summary>
    public static Task<MpiJobResult> RunAsync(string library, int ranks, string arguments, params (string Name, string Value)[] environment) =>
        Start(library, ranks, arguments, environment).EndAsync();

    /// <summary>Asks the launcher to end, when a rank has printed a text.</summary>
    /// <param name="text">The text.</param>
    public async Task<MpiJobResult> TerminateAtAsync(string text)
    {
        string output = "";
        while (!output.Contains(text, StringComparison.Ordinal) && await _launcher.StandardOutput.ReadLineAsync() is string line)
        {
            output += line + "\n";
        }

        using Process kill = Process.Start("kill", ["-TERM", $"{_launcher.Id}"]);
        await kill.WaitForExitAsync();
        return await EndAsync();
    }

    /// <summary>Waits for the end of all ranks.</summary>
    public async Task<MpiJobResult> EndAsync()
    {
        using CancellationTokenSource patience = new(Patience);
        Task<string> output = _launcher.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> error = _launcher.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await _launcher.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _launcher.Kill(entireProcessTree: true);
            Assert.Fail($"The job did not end within {Patience.TotalSeconds} s:\n{await output}{await error}");
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(_begin);
        MpiJobResult result = new(_launcher.ExitCode, await output + await error, elapsed, await OrphansAsync());
        _launcher.Dispose();
        return result;
    }

    /// <summary>Ranks that are still there some seconds after their launcher.</summary>
    private async Task<string[]> OrphansAsync()
    {
        string[] orphans = [];
        for (int attempt = 0; attempt < 50; attempt++)
        {
            orphans = [.. Directory.GetDirectories("/proc").Where(IsOurs).Select(folder => $"{Path.GetFileName(folder)}: {Read(folder, "cmdline").Replace('\0', ' ')}")];
            if (orphans.Length == 0)
            {
                break;
            }

            await Task.Delay(100);
        }

        return orphans;
    }

    // A process that has ended and whose parent has not noticed has no environment any more.
    private bool IsOurs(string process) => char.IsAsciiDigit(Path.GetFileName(process)[0]) && Read(process, "environ").Contains($"{Mark}={_mark}", StringComparison.Ordinal);

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

/// <summary>How a job ended.</summary>
/// <param name="ExitCode">The launcher's exit code.</param>
/// <param name="Output">What launcher and ranks printed.</param>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="Orphans">Processes that are left.</param>
internal sealed record MpiJobResult(int ExitCode, string Output, TimeSpan Elapsed, string[] Orphans)
{
    /// <summary>Checks how the job ended, and that nothing is left of it.</summary>
    /// <param name="well">Whether it should have ended with 0; null where the launcher's code tells nothing.</param>
    /// <param name="seconds">The most seconds that it may have run.</param>
    public void Check(bool? well, double seconds)
    {
        Assert.True(well is null || well == (ExitCode == 0), $"code {ExitCode}:\n{Output}");
        Assert.True(Elapsed.TotalSeconds < seconds, $"{Elapsed.TotalSeconds} s:\n{Output}");
        Assert.Empty(Orphans);
    }
}
