using ConvNN.App.Commands.Sweep;

namespace ConvNN.App.Tests.Commands.Sweep;

public class SweepTableTests
{
    [Fact]
    public void Spread_OfFigures_IsTheSampleStandardDeviation()
    {
        MeanAndDeviation spread = MeanAndDeviation.Of([2, 4, null, 4, 4, 5, 5, 7, 9])!.Value;

        Assert.Equal((8, 5.0), (spread.Count, spread.Mean));
        Assert.Equal(Math.Sqrt(32.0 / 7), spread.Deviation!.Value, 12);
        Assert.Equal(new MeanAndDeviation(1, 3, null), MeanAndDeviation.Of([3]));
        Assert.Null(MeanAndDeviation.Of([null]));
    }

    [Fact]
    public void Markdown_PresetsAndSeeds_IsTheTableOfTheReadme() => Assert.Equal(
        [
            "| configuration | parameters | epochs | test accuracy | seconds | images/s | weights |",
            "|---|---:|---:|---:|---:|---:|---|",
            "| original | 182,170 | 10 | 98.50 ± 0.20 % | 5.5 | 110,000 | aaaaaaaaaaaa |",
            "| two-block | 182,170 | 10 | 99.10 % (1 of 2) | 5.5 | 110,000 | bbbbbbbbbbbb |",
        ],
        new SweepTable(
            [
                new SweepResult("original", new SweepPoint([]), [Row(0.983, 'a'), Row(0.985, 'c'), Row(0.987, 'd')]),
                new SweepResult("two-block", new SweepPoint([]), [Row(0.991, 'b'), new TrialRow { Status = TrialRow.Diverged }]),
            ]).Markdown());

    [Fact]
    public void Markdown_VariedWithValidation_StandsByItAndTellsTheTestOfTheFirstAlone() => Assert.Equal(
        [
            "| configuration | LearningRate | parameters | epochs | validation accuracy | test accuracy | seconds | images/s | weights |",
            "|---|---:|---:|---:|---:|---:|---:|---:|---|",
            "| original | 0.1 | 182,170 | 10 | 98.00 % | 97.00 % | 5.5 | 110,000 | bbbbbbbbbbbb |",
            "| original | 0.03 | 182,170 | 10 | 97.00 % |  | 5.5 | 110,000 | aaaaaaaaaaaa |",
            "",
            "chosen by validation; only the first row shows its test accuracy",
        ],
        new SweepTable([Varied("0.03", Row(0.99, 'a') with { ValidationAccuracy = 0.97 }), Varied("0.1", Row(0.97, 'b') with { ValidationAccuracy = 0.98 })]).Markdown());

    /// <summary>The columns of <c>config/presets.csv</c>.</summary>
    [Fact]
    public void Csv_PresetsAndSeeds_HasUnroundedFigures() => Assert.Equal(
        [
            "configuration,dataset,parameters,epochs,trials,validation_accuracy,validation_accuracy_sd,test_accuracy,test_accuracy_sd,seconds,images_per_second,alone,weights_sha256",
            $"original,mnist,182170,10,1,,,0.983,,5.5,110000,true,{new string('a', 64)}",
        ],
        SweepCsv.Lines(new SweepTable([new SweepResult("original", new SweepPoint([]), [Row(0.983, 'a')])])));

    [Theory]
    [InlineData(200, "configuration  LearningRate  parameters  epochs  validation accuracy  test accuracy  seconds*  images/s*  weights")]
    [InlineData(100, "configuration  LearningRate  parameters  epochs  validation     test  seconds*  weights")]
    [InlineData(85, "configuration  LearningRate  parameters  epochs  validation     test  weights")]
    [InlineData(60, "configuration  validation     test  weights")]
    [InlineData(40, "configuration  validation  weights")]
    public void Lines_NarrowTerminal_KeepNameAccuracyAndWeights(int columns, string titles)
    {
        SweepTable table = new([Varied("0.1", Row(0.97, 'b') with { ValidationAccuracy = 0.98, IsAlone = false })]);

        string[] lines = [.. table.Lines(columns)];

        Assert.Equal(titles, lines[0]);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, columns));
        Assert.Equal(titles.Contains('*'), string.Join(' ', lines[2..]).Contains("* with one worker", StringComparison.Ordinal));
        Assert.Contains(table.Notes, note => note.Contains("--alone", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_TrialsThatWereStopped_StandBehindTheOthersAndTellWhen()
    {
        SweepTable table = new(
        [
            Varied("0.3", Row(0.9, 'a') with { ValidationAccuracy = 0.99, Status = TrialRow.Stopped, Epochs = 3 }),
            Varied("0.2", Row(0.9, 'b') with { ValidationAccuracy = 0.98, Status = TrialRow.Stopped, Epochs = 5 }),
            Varied("0.1", Row(0.9, 'c') with { ValidationAccuracy = 0.97 }),
        ]);

        Assert.Equal(
            [
                "configuration  LearningRate       epochs  validation     test  weights",
                "original                0.1           10     97.00 %  90.00 %  cccccccccccc",
                "original                0.2  5 (stopped)     98.00 %           bbbbbbbbbbbb",
                "original                0.3  3 (stopped)     99.00 %           aaaaaaaaaaaa",
            ],
            table.Lines(79).Take(4).Select(line => line.TrimEnd()));
        Assert.Equal([(null, 0.9), ((int?)5, null), (3, null)], table.Results.Select((_, row) => table.FiguresOf(row).ToDictionary(field => field.Key, field => field.Value)).Select(row => ((int?)row["stopped_after"], (double?)row.GetValueOrDefault("test_accuracy"))));
    }

    private static SweepResult Varied(string rate, TrialRow row) => new("original", new SweepPoint([KeyValuePair.Create("Training:LearningRate", rate)]), [row]);

    private static TrialRow Row(double accuracy, char hash) => new()
    {
        Dataset = "mnist",
        Parameters = 182_170,
        Epochs = 10,
        TestAccuracy = accuracy,
        Seconds = 5.5,
        ImagesPerSecond = 110_000,
        IsAlone = true,
        WeightsSha256 = new string(hash, 64),
    };
}
