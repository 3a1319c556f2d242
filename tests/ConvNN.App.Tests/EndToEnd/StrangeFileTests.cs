using System.Diagnostics;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>A file of a run that is no regular file, too large, or not to be read: each command ends at once with one line.</summary>
[Collection(ProgramCollection.Name)]
public sealed class StrangeFileTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The strange files are those of Linux.");
        await ProgramRun.RunAsync(_folder, ["--limit", "100", "--epochs", "1", "-w", "1", "-o", "runs/whole"]);
        await ProgramRun.RunAsync(_folder, ["--limit", "100", "--epochs", "1", "-w", "1", "-o", "runs/strange"]);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("device")]
    [InlineData("3 GB")]
    [InlineData("folder")]
    public async Task Runs_RecordOfAnotherKind_IsOneRowAmongTheOthers(string kind)
    {
        await MakeAsync("runs/strange/run.json", kind);

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(_folder, ["runs"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches("(?m)^runs/whole .* done ", output);
        Assert.Matches("(?m)^runs/strange +damaged: run.json: cannot be read: it ", output);
    }

    [Theory]
    [InlineData("run.json", "inspect runs/strange", "verify runs/strange", "report runs/strange", "runs runs/whole runs/strange")]
    [InlineData("history.csv", "inspect runs/strange", "verify runs/strange", "report runs/strange", "runs runs/whole runs/strange")]
    [InlineData("config.json", "verify runs/strange", "--resume runs/strange", "runs runs/whole runs/strange")]
    [InlineData("model.safetensors", "inspect runs/strange", "verify runs/strange", "evaluate -m runs/strange")]
    [InlineData("log.txt", "--resume runs/strange -e 2")]
    [InlineData("checkpoints/step-00000010-epoch-1/manifest.json", "--resume runs/strange -e 2", "inspect runs/strange/checkpoints/step-00000010-epoch-1")]
    [InlineData("checkpoints/step-00000010-epoch-1/model.safetensors", "--resume runs/strange -e 2", "inspect runs/strange/checkpoints/step-00000010-epoch-1")]
    public async Task Command_PipeInPlaceOfAFile_EndsInALineThatNamesIt(string file, params string[] commands)
    {
        await MakeAsync($"runs/strange/{file}", "pipe");

        foreach (string command in commands)
        {
            (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, command.Split(' '));

            Assert.True(exitCode is 2 or 4 or 5, $"{command}: {exitCode} {error}");
            Assert.Contains(file.StartsWith("checkpoints", StringComparison.Ordinal) && command[0] == '-' ? "runs/strange/checkpoints: none" : Path.Combine("runs/strange", file), error, StringComparison.Ordinal);
            Assert.Single(error.TrimEnd().Split('\n'));
            Assert.DoesNotContain("bug:", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Resume_LatestIsAPipe_TakesTheNewestAndSaysSo()
    {
        await MakeAsync("runs/strange/checkpoints/latest", "pipe");

        // The next checkpoint cannot replace the pipe, which is a warning, too.
        (_, string output, _) = await ProgramRun.RunAsync(_folder, ["--resume", "runs/strange", "-e", "2"]);

        Assert.Contains("skipped: runs/strange/checkpoints/latest: cannot be read: it is empty or not a regular file.", output, StringComparison.Ordinal);
        Assert.Contains(" resumed checkpoint=runs/strange/checkpoints/step-00000010-epoch-1 ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("folder")]
    [InlineData("3 GB")]
    public async Task SweepTable_FileOfAnotherKind_EndsInALine(string kind)
    {
        await MakeAsync("sweeps/sweep.csv", kind);

        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["sweep", "--table"]);

        Assert.Equal(5, exitCode);
        Assert.StartsWith("run: sweeps/sweep.csv: cannot be read: it ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("runs", "runs", 4, "files: Access to the path '")]
    [InlineData("runs/strange", "inspect runs/strange", 5, "model: runs/strange: ")]
    [InlineData("runs/strange/checkpoints", "inspect runs/strange", 4, "files: Access to the path '")]
    [InlineData("runs/strange/checkpoints", "--resume runs/strange", 4, "files: Access to the path '")]
    [InlineData("runs/strange/run.json", "verify runs/strange", 5, "runs/strange/run.json: cannot be read: Access to the path '")]
    [InlineData("runs/strange/model.safetensors", "evaluate --model runs/strange", 5, "model: runs/strange/model.safetensors: cannot be read: Access to the path '")]
    public async Task Command_WhatMayNotBeRead_IsNamedAndNoBug(string denied, string command, int expectedCode, string expected)
    {
        string path = _folder[denied];
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        File.SetUnixFileMode(path, UnixFileMode.None);

        try
        {
            // Root passes modes over, so it gives up that right.
            (int exitCode, _, string error) = Environment.IsPrivilegedProcess
                ? await ProgramRun.RunUnderAsync(["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"], _folder, command.Split(' '))
                : await ProgramRun.RunAsync(_folder, command.Split(' '));

            Assert.StartsWith(expected, error, StringComparison.Ordinal);
            Assert.Equal(expectedCode, exitCode);
            Assert.Single(error.TrimEnd().Split('\n'));
        }
        finally
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task MakeAsync(string name, string kind)
    {
        string path = _folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        switch (kind)
        {
            case "pipe":
                using (Process process = Process.Start("mkfifo", [path]))
                {
                    await process.WaitForExitAsync();
                }

                break;
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            default:
                using (FileStream file = File.Create(path))
                {
                    file.SetLength(3L << 30);
                }

                break;
        }
    }
}
