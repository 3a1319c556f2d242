using ConvNN.App.Faults;
using ConvNN.App.Runs;
using ConvNN.Training.Progress;

namespace ConvNN.App.Tests.Runs;

public class HistoryFileTests
{
    private static readonly string Hash = new('a', 64);

    [Fact]
    public void Line_OfAnEpoch_HasExactNumbersInTheInvariantCulture() =>
        Assert.Equal($"3,mnist,0.1,0.3333333333333333,0.925,0.25,0.5,1.5,80,workers,{Hash},,,1", HistoryFile.Line(Epoch("mnist")));

    [Fact]
    public void Line_WithValidation_HasItsFiguresBehindTheHash() =>
        Assert.EndsWith(
            $"{Hash},0.25,0.5,0",
            HistoryFile.Line(Epoch("mnist") with { Validation = Epoch("mnist").Test, IsBest = false }),
            StringComparison.Ordinal);

    [Fact]
    public void Line_DatasetWithCommaAndQuote_IsQuoted() =>
        Assert.StartsWith("3,\"my, \"\"own\"\"\",0.1,", HistoryFile.Line(Epoch("my, \"own\"")), StringComparison.Ordinal);

    [Fact]
    public async Task AppendAsync_EachEpoch_IsInTheFileAtOnce()
    {
        using TemporaryFolder folder = new();
        using HistoryFile history = new(HistoryFile.CreateNew(folder["history.csv"]));
        history.Begin();
        Assert.Equal(HistoryFile.Header + "\n", Content(folder));

        await history.AppendAsync(Epoch("mnist"));

        Assert.Equal($"{HistoryFile.Header}\n{HistoryFile.Line(Epoch("mnist"))}\n", Content(folder));
    }

    [Fact]
    public async Task AppendAsync_DiskFull_ThrowsOutputException()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no /dev/full.");
        using HistoryFile history = new(new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));

        OutputException refused = await Assert.ThrowsAsync<OutputException>(() => history.AppendAsync(Epoch("mnist")));

        Assert.StartsWith("/dev/full: cannot be written after epoch 3: No space left", refused.Message, StringComparison.Ordinal);
    }

    private static string Content(TemporaryFolder folder)
    {
        using StreamReader reader = new(new FileStream(folder["history.csv"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private static EpochResult Epoch(string dataset)
    {
        PassResult training = new(120, 111, 40, TimeSpan.FromSeconds(1.5), [new("read", 0.1), new("workers", 0.9)], IsComplete: true);
        PassResult test = new(10, 5, 2.5, TimeSpan.FromSeconds(1), [], IsComplete: true);
        return new EpochResult(3, dataset, 0.1, training, test, Hash);
    }
}
