using System.Diagnostics;

namespace ConvNN.App.Tests.Architecture;

/// <summary>A checkout has the same bytes on every system: lines end in LF, and files that are no text are marked.</summary>
public class LineEndTests
{
    [Fact]
    public async Task TrackedFiles_AreTextWithLfOrMarkedAsBinary()
    {
        Assert.SkipUnless(Path.Exists(Path.Combine(Repository.Root, ".git")), "This is no clone.");
        using Process git = Process.Start(new ProcessStartInfo("git", ["ls-files", "--eol"]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        string[] files = (await git.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await git.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Matches(@"^i/(lf|none) +w/(lf|none) +attr/text=auto eol=lf\s|^i/.* attr/-text\s", file));
    }
}
