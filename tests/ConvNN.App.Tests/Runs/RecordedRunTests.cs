using ConvNN.App.Faults;
using ConvNN.App.Runs;

namespace ConvNN.App.Tests.Runs;

public class RecordedRunTests
{
    private const string Header = "epoch,dataset,weights_sha256\n";
    private static readonly string Hash = new('a', 64);

    [Fact]
    public void ReadHistory_QuotedDatasetAndLineCutOff_GivesTheWholeLines()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("history.csv", $"{Header}1,\"my, \"\"own\"\"\",{Hash}\n2,x,{Hash[..40]}");

        Assert.Equal([Hash], App.Runs.HistoryReader.Read(path));
    }

    [Theory]
    [InlineData("", "the history cannot be read: it is empty or not a regular file")]
    [InlineData("epoch,weights\n", "the first line has no columns epoch and weights_sha256")]
    [InlineData(Header + "2,x,aa\n", "line 2 is not that of epoch 1 with its weights_sha256")]
    [InlineData(Header + "1,x\n", "line 2 is not that of epoch 1")]
    [InlineData(Header + "1,\"x,aa\n", "the history cannot be read")]
    public void ReadHistory_Damaged_NamesTheLine(string text, string expected)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("history.csv", text);

        RunFileException refused = Assert.Throws<RunFileException>(() => App.Runs.HistoryReader.Read(path));

        Assert.StartsWith(path, refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("{", "cannot be read: ")]
    [InlineData("null", "holds null")]
    [InlineData("[]", "cannot be read: ")]
    [InlineData("{\"version\": null}", "cannot be read: ")]
    [InlineData("{}", "cannot be read: ")]
    public void Read_DamagedRecord_IsRefused(string text, string expected)
    {
        using TemporaryFolder folder = new();
        folder.Write("run.json", text);

        RunFileException refused = Assert.Throws<RunFileException>(() => RecordedRun.Read(folder.Path));

        Assert.StartsWith($"{folder["run.json"]}: {expected}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }
}
