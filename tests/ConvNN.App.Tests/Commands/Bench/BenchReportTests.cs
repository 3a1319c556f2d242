using ConvNN.App.Commands.Bench;
using ConvNN.App.Commands.Bench.Measuring;
using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.App.Tests.Commands.Bench;

public class BenchReportTests
{
    [Fact]
    public void Network_Figures_StandInAlignedColumns()
    {
        string[] lines = [.. BenchReport.Network(Network(workers: 2, imagesPerSecond: 41_638, layer: "dense1"))];

        Assert.Equal(
            [
                "",
                "original, batch 10: 182,170 parameters, 1.29 MFLOP per training image",
                "peak    of 2 cores 500 ± 5 % GFLOP/s, in the same rounds",
                "workers   images/s    ±  speed-up  GFLOP/s  peak  µs/step  bytes/step  evaluation    ±",
                "  2 auto    41,638  5 %      1.25     53.8  11 %      240         310      83,276  5 %",
                "auto    takes 2: no measured number is faster",
                "exchange own-features 41,638 ± 5 %, full-gradients 20,819 ± 5 % images/s: 2.00×",
                "divided conv1 by channels, dense1 by inputs",
                "stages                                read       workers",
                "  2 on 2 cores, own-features  2.4 µs   1 %  120 µs  50 %",
                "layers, µs on one core  forward  GFLOP/s  peak    dw  GFLOP/s  peak  dx  GFLOP/s  peak",
                "  dense1 dense             15.0      231  92 %  30.0      4.5   2 %   –        –     –",
            ],
            lines);
    }

    [Fact]
    public void Network_LargeFiguresAndLongNames_FitInto100Columns()
    {
        NetworkReport network = Network(workers: 1024, imagesPerSecond: 1_234_567, layer: new string('x', 64));

        Assert.All(BenchReport.Network(network), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void Network_WithPredictions_SaysSoAndShowsTheirParts()
    {
        string[] lines = [.. BenchReport.Network(Network(2, 41_638, "dense1") with { Cores = Predicted(new MeetingReport(0.25, 3.1)) })];

        Assert.Equal(
            [
                "prediction, not measured: the members of a step run alone here, one after another, and the",
                "slowest count; two cores here need 0.25 µs to meet, and 3.1 ns for a line that the other wrote",
                "predicted, µs  threads  images/s  speed-up  step  compute  imbalance  transfers  meetings",
                "  4 cores            4   100,000      3.00   100     70.0       10.5        4.5      15.0",
                "  64 cores           8   125,000      3.75  80.0     45.0       10.0        9.0      16.0",
                "predicted evaluation    images/s  speed-up",
                "  4 cores              1,200,000      3.90",
                "  64 cores            15,000,000     48.75",
            ],
            lines[^8..]);
    }

    [Fact]
    public void Network_PredictionsWhereNoTwoCoresMet_SayWhatIsMissing()
    {
        string[] lines = [.. BenchReport.Network(Network(2, 41_638, "dense1") with { Cores = Predicted(null) })];

        Assert.Equal("slowest count; no two cores were free to meet here: further meetings and transfers are missing", lines[^7]);
        Assert.Equal("  4 cores            4   100,000      3.00   100     70.0       10.5          –      15.0", lines[^5]);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 100));
    }

    [Theory]
    [InlineData(0.02, 0)]
    [InlineData(0.3, 1)]
    public void Machine_PeakThatVaries_IsWarnedOf(double deviation, int expected)
    {
        Spread peak = new(100, 100 - (100 * deviation), 100 + (100 * deviation));
        MachineReport machine = new([new MultiplyAddReport("vector256", 1, peak)], [new MemoryReport("read", 1, Around(20))]);

        Assert.Equal(expected, BenchReport.Machine(machine).Count(line => line.StartsWith("WARNING other programs use this machine: ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(2, 2, 1, "auto    takes 2: no measured number is faster")]
    [InlineData(2, 1, 0.98, "auto    takes 2, which gives 0.98× of what --workers 1 gives: the difference is noise")]
    [InlineData(2, 1, 0.62, "AUTO    takes 2, which gives 0.62× of what --workers 1 gives: slower than a fixed number")]
    public void Verdict_OnAuto_SaysWhetherAFixedNumberIsFaster(int workers, int fastest, double ratio, string expected) =>
        Assert.Equal(expected, BenchReport.Verdict(new AutoReport(workers, fastest, ratio)));

    private static CoresReport Predicted(MeetingReport? meeting) => new(
        meeting,
        [],
        [
            new CorePrediction(4, 4, 100_000, 3, 100, Compute: 70, Imbalance: 10.5, Transfers: 4.5, Meetings: 15) { Evaluation = new EvaluationPrediction(1_200_000, 3.9) },
            new CorePrediction(64, 8, 125_000, 3.75, 80, Compute: 45, Imbalance: 10, Transfers: 9, Meetings: 16) { Evaluation = new EvaluationPrediction(15_000_000, 48.75) },
        ]);

    private static NetworkReport Network(int workers, double imagesPerSecond, string layer) => new(
        "original",
        BatchSize: 10,
        Parameters: 182_170,
        OperationsPerImage: 1_291_600,
        [
            new WorkersReport(
                workers,
                IsAuto: true,
                Cores: 2,
                Exchange: "own-features",
                Around(imagesPerSecond),
                SpeedUp: 1.25,
                Gflops: imagesPerSecond * 1_291_600 / 1e9,
                PeakGflops: Around(500),
                MicrosecondsPerStep: 1e7 / imagesPerSecond,
                BytesPerStep: 310,
                Around(2 * imagesPerSecond),
                [new StageLoad("read", 0.01), new StageLoad("workers", 0.5)]),
        ],
        new AutoReport(workers, workers, 1),
        new ExchangesReport(workers, Around(imagesPerSecond), Around(imagesPerSecond / 2), 2) { Division = "conv1 by channels, dense1 by inputs" },
        [new LayerReport(layer, "dense", new LayerPartReport(Around(15), 231, 0.924), new LayerPartReport(Around(30), 4.5, 0.018), InputGradient: null)]);

    private static Spread Around(double median) => new(median, 0.95 * median, 1.05 * median);
}
