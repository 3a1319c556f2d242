namespace ConvNN.App.Tests.EndToEnd;

/// <summary>Some network disks cannot lock files: real processes to which the system says so.</summary>
[Collection(ProgramCollection.Name)]
public class LockTests
{
    private static readonly string[] Tiny = ["--limit", "100", "-b", "10", "-o", "run"];

    [Fact]
    public async Task Train_DiskCannotLock_SaysSoAndKeepsOthersAway()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await RunAsync(folder, [.. Tiny, "-e", "1"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("Z warning text=\"run/checkpoints/.lock: the disk cannot lock files (Function not implemented); run/checkpoints/.lock.exclusive keeps other processes away instead, ", output, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["run/checkpoints/.lock.exclusive"]));

        // As if another process resumed the same run.
        folder.Write("run/checkpoints/.lock.exclusive", "");
        (exitCode, _, error) = await RunAsync(folder, "--resume", "run", "-e", "2");

        Assert.Equal(4, exitCode);
        Assert.StartsWith("checkpoint: run/checkpoints: cannot be written, or another run is writing to it: the disk cannot lock files, and 'run/checkpoints/.lock.exclusive' is there: another process uses the folder, or was killed; remove it if none does", error, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["run/checkpoints/.lock.exclusive"]));
    }

    [Fact]
    public async Task Sweep_DiskCannotLock_SaysSoAndKeepsOthersAway()
    {
        using TemporaryFolder folder = new();
        string[] sweep = ["sweep", "--seeds", "1", .. Tiny, "-e", "1"];

        (int exitCode, string output, string error) = await RunAsync(folder, sweep);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("Z warning text=\"run/.sweep.csv.lock: the disk cannot lock files (Function not implemented); ", output, StringComparison.Ordinal);

        folder.Write("run/.sweep.csv.lock.exclusive", "");
        (exitCode, _, error) = await RunAsync(folder, sweep);

        Assert.Equal(4, exitCode);
        Assert.StartsWith("output: run/sweep.csv: another process is writing it; ", error, StringComparison.Ordinal);
        Assert.Contains("the disk cannot lock files, and 'run/.sweep.csv.lock.exclusive' is there: ", error, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(TemporaryFolder folder, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not here; it makes a system call fail.");
        return ProgramRun.RunUnderAsync(
            ["strace", "--quiet=all", "--follow-forks", "--output", "/dev/null", "--trace", "flock", "--inject", "flock:error=ENOSYS"], folder, arguments);
    }
}
