namespace ConvNN.App.Tests.EndToEnd;

/// <summary>What the system does not allow or no longer has is said before anything begins: the runtime alone would abort.</summary>
[Collection(ProgramCollection.Name)]
public class SystemLimitTests
{
    [Theory]
    [InlineData(40)]
    [InlineData(159)]
    public async Task Program_TooFewOpenFiles_NamesTheLimit(int limit)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the shell sets other limits.");
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunUnderAsync(["bash", "-c", $"ulimit -n {limit}; exec \"$@\"", "bash"], folder, "--limit", "100", "-e", "1");

        Assert.Equal((11, "", $"system: the limit of open files is {limit}, and 160 are needed; raise it: ulimit -n 1024\n"), (exitCode, output, error));
    }

    /// <summary>As many as are asked for are enough for a run.</summary>
    [Fact]
    public async Task Program_JustEnoughOpenFiles_Trains()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the shell sets other limits.");
        using TemporaryFolder folder = new();

        (int exitCode, _, string error) = await ProgramRun.RunUnderAsync(["bash", "-c", "ulimit -n 160; exec \"$@\"", "bash"], folder, "--limit", "100", "-e", "1", "-b", "10");

        Assert.Equal((0, ""), (exitCode, error));
    }

    /// <summary>The system refuses a thread, as where <c>ulimit -u</c> or a container limits them.</summary>
    [Fact]
    public async Task Program_TooFewThreads_NamesTheLimit()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not here; it makes a system call fail.");
        using TemporaryFolder folder = new();

        // The runtime's first thread has started some others before the program begins.
        (int exitCode, string output, string error) = await ProgramRun.RunUnderAsync(
            ["strace", "--quiet=all", "--follow-forks", "--output", folder["trace"], "--trace", "clone,clone3", "--inject", "clone,clone3:error=EAGAIN:when=10+"], folder, "--limit", "100", "-e", "1");

        Assert.Equal((11, ""), (exitCode, output));
        Assert.Matches(@"^system: only \d more threads can be started, and \d+ are needed; raise the limit of processes \(ulimit -u, or pids of a container\), or end others\n$", error);
    }

    [Fact]
    public async Task Program_CurrentFolderIsGone_SaysSo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere it cannot be removed.");
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunUnderAsync(["bash", "-c", "mkdir gone && cd gone && rmdir ../gone && exec \"$@\"", "bash"], folder, "runs");

        Assert.Equal((4, "", "output: the current folder is gone, or may not be read; change to one that exists.\n"), (exitCode, output, error));
    }
}
