using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Runs;

namespace ConvNN.App.Tests.Runs;

public class RunFolderTests
{
    private static readonly TimeProvider Noon = new StoppedClock();

    [Fact]
    public void Create_NoneGiven_IsCalledByTimeAndName()
    {
        using TemporaryFolder temporary = new();

        using RunFolder folder = RunFolder.Create(new RunConfiguration { Name = "mine" }, Noon, temporary.Path);

        Assert.Equal(temporary["20261122-120000-mine"], folder.Path);
        Assert.True(File.Exists(Path.Combine(folder.Path, "history.csv")));
    }

    [Fact]
    public async Task Create_ManyAtTheSameInstant_GivesEachItsOwn()
    {
        using TemporaryFolder temporary = new();

        RunFolder[] folders = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => RunFolder.Create(new RunConfiguration(), Noon, temporary.Path))));

        Array.ForEach(folders, folder => folder.Dispose());
        Assert.Equal(
            Enumerable.Range(1, 16).Select(n => n == 1 ? "20261122-120000-original" : $"20261122-120000-original-{n}").Order(StringComparer.Ordinal),
            folders.Select(folder => Path.GetFileName(folder.Path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Create_GivenFolderIsMissing_CreatesIt()
    {
        using TemporaryFolder temporary = new();

        using RunFolder folder = RunFolder.Create(Given(temporary["a/b"]), Noon);

        Assert.True(File.Exists(temporary["a/b/history.csv"]));
    }

    [Fact]
    public void Create_GivenFolderHoldsARun_IsRefusedAndLeavesItAlone()
    {
        using TemporaryFolder temporary = new();
        temporary.Write("history.csv", "mine");

        OutputException refused = Assert.Throws<OutputException>(() => RunFolder.Create(Given(temporary.Path), Noon));

        Assert.StartsWith($"{temporary.Path}: already holds a run (history.csv); ", refused.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(temporary["history.csv"]));
    }

    [Fact]
    public void IsUnbegun_FolderOfALivingRun_IsItsOwnUntilItEnds()
    {
        using TemporaryFolder temporary = new();
        RunFolder folder = RunFolder.Create(Given(temporary["a"]), Noon);

        bool whileItLives = RunFolder.IsUnbegun(temporary["a"]);
        folder.Dispose();

        Assert.Equal((false, true), (whileItLives, RunFolder.IsUnbegun(temporary["a"])));
        temporary.Write("a/run.json", "{}");
        Assert.False(RunFolder.IsUnbegun(temporary["a"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Create_DiskIsFull_GivesTheSystemsReasonAndNoMoreFolders(bool isGiven)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        using TemporaryFolder temporary = new();
        RunConfiguration run = isGiven ? Given(temporary["given"]) : new RunConfiguration();

        OutputException refused = Assert.Throws<OutputException>(() => RunFolder.Create(run, Noon, temporary.Path, path =>
        {
            HistoryFile.CreateNew(path).Dispose();
            return new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }));

        Assert.Contains(": the run's folder cannot be written: ", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Directory.GetDirectories(temporary.Path).Single()));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("file/below")]
    public void Create_FileInTheWay_GivesTheSystemsReason(string name)
    {
        using TemporaryFolder temporary = new();
        temporary.Write("file", "");

        OutputException refused = Assert.Throws<OutputException>(() => RunFolder.Create(Given(temporary[name]), Noon));

        Assert.StartsWith($"{temporary[name]}: the run's folder cannot be written: ", refused.Message, StringComparison.Ordinal);
    }

    private static RunConfiguration Given(string directory) => new() { Output = new OutputOptions { Directory = directory } };

    private sealed class StoppedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    }
}
