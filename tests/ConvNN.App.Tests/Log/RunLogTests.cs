using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using Microsoft.Extensions.Logging;

namespace ConvNN.App.Tests.Log;

public class RunLogTests
{
    [Fact]
    public async Task OpenFile_AfterEvents_HasThoseFromTheBeginningOn()
    {
        using TemporaryFolder temporary = new();
        StringWriter text = new() { NewLine = "\n" };
        RunLog log = new(new LineWriter(text), TimeProvider.System);
        log.Write(new TextEvent("before", "a"));
        log.BeginFile();
        log.Write(new TextEvent("early", "b"));
        using RunFolder folder = Folder(temporary);
        folder.OpenLog(log);
        log.Write(new TextEvent("late", "c"));
        log.Write(TextEvent.Fault(4, "d"));

        await log.CompleteAsync();

        Assert.Equal(["early", "late", "fault"], Words(File.ReadAllText(folder[LogFile.Name])));
        Assert.Equal(["before", "early", "late"], Words(text.ToString()));
    }

    [Fact]
    public async Task OpenFile_FileInTheWay_GivesTheFolderUp()
    {
        using TemporaryFolder temporary = new();
        await using RunLog log = new(new LineWriter(new StringWriter()), TimeProvider.System);
        using RunFolder folder = Folder(temporary);
        Directory.CreateDirectory(folder[LogFile.Name]);

        Assert.Throws<OutputException>(() => folder.OpenLog(log));

        Assert.False(File.Exists(folder[HistoryFile.Name]));
    }

    [Fact]
    public async Task IsShown_LevelTooLow_IsKeptButNotShown()
    {
        using TemporaryFolder temporary = new();
        StringWriter text = new() { NewLine = "\n" };
        RunLog log = new(new LineWriter(text), TimeProvider.System) { IsShown = level => level >= LogLevel.Warning };
        using RunFolder folder = Folder(temporary);
        folder.OpenLog(log);

        log.Write(new TextEvent("quiet", "a"));
        log.Write(TextEvent.Warning("b"));
        await log.CompleteAsync();

        Assert.Equal(["quiet", "warning"], Words(File.ReadAllText(folder[LogFile.Name])));
        Assert.Equal(["warning"], Words(text.ToString()));
    }

    [Fact]
    public async Task Write_ReaderHasPaused_DoesNotWait()
    {
        using ManualResetEventSlim reads = new();
        PausedWriter paused = new(reads);
        RunLog log = new(new LineWriter(paused), TimeProvider.System);

        for (int i = 0; i < 10_000; i++)
        {
            log.Write(new TextEvent("line", "x"));
        }

        await log.CompleteAsync();
        reads.Set();
    }

    private static RunFolder Folder(TemporaryFolder temporary) =>
        RunFolder.Create(new RunConfiguration { Output = new OutputOptions { Directory = temporary["run"] } }, TimeProvider.System);

    private static string[] Words(string lines) => [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[1])];

    private sealed class PausedWriter(ManualResetEventSlim reads) : StringWriter
    {
        public override void WriteLine(string? value) => reads.Wait();
    }
}
