namespace ConvNN.App.Tests.EndToEnd;

/// <summary>
/// Slim images have no OpenSSL, and there the framework's cryptography ends the process: real processes that cannot open it.
/// </summary>
[Collection(ProgramCollection.Name)]
public sealed class WithoutOpenSslTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Training hashes the data, the weights and the checkpoints; the classifier of <c>predict</c> hashes the weights.</summary>
    [Fact]
    public async Task TrainAndPredict_NeedNone()
    {
        _folder.Write("0.pgm", $"P5 28 28 255\n{new string(' ', 28 * 28)}");

        Assert.Equal((0, ""), await RunAsync("--data", "sample", "--limit", "100", "-e", "1", "-o", "run"));
        Assert.Equal((0, ""), await RunAsync("predict", "0.pgm", "--model", "run"));
        Assert.Equal((0, ""), await RunAsync("evaluate", "--model", "run"));
        Assert.Equal((0, ""), await RunAsync("--resume", "run", "-e", "2"));
    }

    /// <summary>A server for other machines makes a token first; this one then fails on an address that no machine has.</summary>
    [Fact]
    public async Task Serve_NeedsNone()
    {
        Assert.Equal((0, ""), await RunAsync("--data", "sample", "--limit", "100", "-e", "1", "-o", "run"));

        (int exitCode, string error) = await RunAsync("serve", "0", "--model", "run", "--host", "192.0.2.1");

        Assert.Equal(2, exitCode);
        Assert.StartsWith("dashboard: '192.0.2.1' is not a name or an address of this machine (", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Download_SaysWhatItNeeds()
    {
        // Nobody answers there, and nobody is asked.
        (int exitCode, string error) = await RunAsync("data", "get", "mnist", "--set", "Data:Download=true", "--set", "Data:Mirror=https://localhost:1/");

        Assert.Equal(8, exitCode);
        Assert.StartsWith(
            "download: mnist cannot be downloaded: localhost:1 is on https, which needs OpenSSL, and libssl is not installed here. By hand: put ",
            Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<(int ExitCode, string Error)> RunAsync(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not here; it makes a system call fail.");
        string[] libraries = [.. ((string[])["/lib", "/lib64", "/usr/lib", "/usr/lib64"]).Where(Directory.Exists)
            .SelectMany(root => Directory.EnumerateFiles(root, "libssl.so*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })).Distinct()];
        Assert.SkipWhen(libraries.Length == 0, "There is no OpenSSL to hide.");
        string trace = _folder["trace"];
        (int exitCode, _, string error) = await ProgramRun.RunUnderAsync(
            ["strace", "--quiet=all", "--follow-forks", "--output", trace, "--trace", "openat", .. libraries.SelectMany(path => (string[])["--trace-path", path]), "--inject", "openat:error=ENOENT"], _folder, arguments);
        string[] notes = ["strace: Requested path "];
        return (exitCode, string.Concat(error.Split('\n').Where(line => !notes.Any(line.StartsWith))));
    }
}
