using ConvNN.App.Commands.Sweep;
using ConvNN.App.Faults;

namespace ConvNN.App.Tests.Commands.Sweep;

public sealed class SweepFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Append_EveryColumn_IsReadAgain()
    {
        TrialRow[] rows =
        [
            Row("a, \"b\"") with { BestEpoch = 2, ValidationAccuracy = 1.0 / 3, Rungs = [(1, 0.25), (2, 1.0 / 3)], Varied = new Dictionary<string, string> { ["Model:Layers:conv1:Kernel"] = "3,5" } },
            Row("b") with { Status = TrialRow.Diverged, ExitCode = 6, Fault = "diverged:\nof two lines", WeightsSha256 = null, TestAccuracy = null },
        ];
        Write(SweepPart.Whole, ["Model:Layers:conv1:Kernel"], rows);

        IReadOnlyList<TrialRow> read = SweepFile.ReadAll(_folder.Path);

        Assert.Equal(rows[0].Fields, read[0].Fields);
        Assert.Equal("diverged: of two lines", read[1].Fault);
        Assert.Equal(rows[1].Fields.Where(field => field.Key != "fault"), read[1].Fields.Where(field => field.Key != "fault"));
    }

    [Fact]
    public void ReadAll_FileOfAnEarlierVersion_HasNoRungs()
    {
        string[] columns = [.. TrialRow.Columns.Where(column => column != "rungs")];
        _folder.Write("sweep.csv", string.Join(',', columns) + "\n" + string.Join(',', Row("a").Texts(columns)) + "\n");

        Assert.Empty(Assert.Single(SweepFile.ReadAll(_folder.Path)).Rungs);
    }

    [Fact]
    public void Open_OtherKeysThanBefore_KeepsTheRowsAndAddsColumns()
    {
        Write(SweepPart.Whole, ["Training:LearningRate"], Row("a") with { Varied = new Dictionary<string, string> { ["Training:LearningRate"] = "0.1" } });
        Write(SweepPart.Whole, ["Training:BatchSize"], Row("b") with { Varied = new Dictionary<string, string> { ["Training:BatchSize"] = "64" } });

        Assert.EndsWith(",identity,rungs,Training:LearningRate,Training:BatchSize", File.ReadAllLines(_folder["sweep.csv"])[0], StringComparison.Ordinal);
        Assert.Equal(["Training:LearningRate=0.1", "Training:BatchSize=64"], SweepFile.ReadAll(_folder.Path).Select(row => string.Join(' ', row.Varied.Select(pair => $"{pair.Key}={pair.Value}"))));
    }

    [Fact]
    public void Open_LastLineThatAKillHasCutOff_IsDroppedWhereverItWasCut()
    {
        Write(SweepPart.Whole, [], Row("a"), Row("b"));
        string whole = File.ReadAllText(_folder["sweep.csv"]);
        int last = whole.TrimEnd('\n').LastIndexOf('\n') + 1;

        Assert.All(Enumerable.Range(last, whole.Length - last), length =>
        {
            File.WriteAllText(_folder["sweep.csv"], whole[..length]);
            Write(SweepPart.Whole, [], Row("c"));

            Assert.Equal(["a", "c"], SweepFile.ReadAll(_folder.Path).Select(row => row.Configuration));
        });
    }

    [Fact]
    public void ReadAll_PartsOfOneFolder_GivesTheRowsOfAll()
    {
        Write(SweepPart.Parse("2/2"), [], Row("b"));
        Write(SweepPart.Parse("1/2"), [], Row("a"));
        using SweepFile open = SweepFile.Open(_folder.Path, SweepPart.Parse("1/2"), []);

        Assert.Equal(["a", "b"], SweepFile.ReadAll(_folder.Path).Select(row => row.Configuration));
    }

    [Fact]
    public void Open_FileThatAnotherProcessWrites_IsRefused()
    {
        using SweepFile first = SweepFile.Open(_folder.Path, SweepPart.Whole, []);

        OutputException refused = Assert.Throws<OutputException>(() => SweepFile.Open(_folder.Path, SweepPart.Whole, []));

        Assert.StartsWith($"{_folder["sweep.csv"]}: another process is writing it;", refused.Message, StringComparison.Ordinal);
        using SweepFile other = SweepFile.Open(_folder.Path, SweepPart.Parse("1/2"), []);
    }

    [Theory]
    [InlineData("x,1", "line 2")]
    [InlineData("a,-1,mnist,,2,,,,,,,,1,true,,done,0,,i", "line 2")]
    [InlineData("a,1,mnist,,2,,,,,,,,1,true,,done,0,\"i", "line 2")]
    public void ReadAll_DamagedRow_NamesTheLine(string row, string place)
    {
        _folder.Write("sweep.csv", string.Join(',', TrialRow.Columns) + "\n" + row + "\n");

        Assert.Contains(place, Assert.Throws<RunFileException>(() => SweepFile.ReadAll(_folder.Path)).Message, StringComparison.Ordinal);
    }

    private static TrialRow Row(string name) => new()
    {
        Configuration = name,
        Seed = ulong.MaxValue,
        Dataset = "mnist",
        Parameters = 182_170,
        Epochs = 2,
        TestAccuracy = 0.9874,
        TestLoss = 0.1 + 0.2,
        TrainLoss = 1e-300,
        Seconds = 5.25,
        ImagesPerSecond = 110_457.3,
        Workers = 2,
        IsAlone = true,
        WeightsSha256 = new string('a', 64),
        Identity = new string('b', 64),
    };

    private void Write(SweepPart part, string[] keys, params TrialRow[] rows)
    {
        using SweepFile file = SweepFile.Open(_folder.Path, part, keys);
        Array.ForEach(rows, file.Append);
    }
}
