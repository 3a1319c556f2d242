using ConvNN.App.Commands.Bench.Measuring;
using ConvNN.Model.Options;
using ConvNN.Training.Metrics;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Tests;

namespace ConvNN.App.Tests.Commands.Bench;

/// <summary>What a benchmark reports of a small network: that figures fit each other, never how large they are.</summary>
public class NetworkBenchmarkTests
{
    private static readonly BenchmarkPace Pace = new(Rounds: 3, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(5), MemoryLength: 1 << 16);

    [Fact]
    public async Task Run_SmallNetwork_ReportsFiguresThatFitEachOther()
    {
        BenchmarkCase subject = Case(batchSize: 12);

        NetworkReport report = await NetworkBenchmark.RunAsync(subject, [3, 1], Pace, TrainingMeter.Shared, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((12, subject.Network.TrainingOperations), (report.BatchSize, report.OperationsPerImage));
        Assert.Equal(new[] { 1, 3, report.Auto.Workers }.Distinct().Order(), report.Workers.Select(workers => workers.Workers));
        Assert.Equal(report.Auto.Workers, Assert.Single(report.Workers, workers => workers.IsAuto).Workers);
        Assert.Equal(1, report.Workers[0].SpeedUp);
        Assert.All(report.Workers, workers =>
        {
            Assert.Equal(1e6 * 12 / workers.ImagesPerSecond.Median, workers.MicrosecondsPerStep, tolerance: 1e-6);
            Assert.Equal(workers.Gflops, workers.PeakShare * workers.PeakGflops.Median, tolerance: 1e-9);
            Assert.InRange(workers.Cores, 1, Environment.ProcessorCount);
            Assert.Equal(["read", "shard", "workers", "reduce"], workers.Stages.Select(stage => stage.Stage));
        });
        Assert.Equal(report.Workers.Max(workers => workers.ImagesPerSecond.Median), report.Workers.First(workers => workers.Workers == report.Auto.FastestWorkers).ImagesPerSecond.Median);
    }

    [Fact]
    public async Task Trained_WeightsOfACase_HaveLearnedAndAreCopies()
    {
        BenchmarkCase random = Case(batchSize: 12);

        BenchmarkCase trained = await PipelineSubject.TrainedAsync(random, Pace with { WarmUp = TimeSpan.FromSeconds(10) }, TrainingMeter.Shared, TestContext.Current.CancellationToken);

        float[] weights = trained.NewWeights().Span.ToArray();
        Assert.NotEqual(random.NewWeights().Span.ToArray(), weights);
        trained.NewWeights().Span.Clear();
        Assert.Equal(weights, trained.NewWeights().Span.ToArray());
    }

    /// <summary>Weights that grow a millionfold in each step stay random instead.</summary>
    [Fact]
    public async Task Trained_RateThatDiverges_LeavesTheWeightsRandom()
    {
        BenchmarkCase random = Case(batchSize: 12);
        random = random with { Training = random.Training with { LearningRate = 1e6, Optimizer = new SgdOptions { WeightDecay = 1 } } };

        BenchmarkCase trained = await PipelineSubject.TrainedAsync(random, Pace with { WarmUp = TimeSpan.FromSeconds(10) }, TrainingMeter.Shared, TestContext.Current.CancellationToken);

        Assert.Equal(random.NewWeights().Span.ToArray(), trained.NewWeights().Span.ToArray());
    }

    [Fact]
    public async Task Run_WithCores_PredictsThemFromTheRateOfOne()
    {
        BenchmarkCase subject = Case(batchSize: 12);
        subject = subject with { Training = subject.Training with { BatchSize = 60 } };
        IReadOnlyList<HandOffReport> handOff = await HandOffBenchmark.RunAsync([1, 2], Pace, TrainingMeter.Shared, TestContext.Current.CancellationToken);
        CoresBenchmark cores = new(subject, [1, 2, 64], handOff, new MeetingReport(0.25, 3));

        NetworkReport report = await NetworkBenchmark.RunAsync(subject, [1], Pace, TrainingMeter.Shared, cores, TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 64], report.Cores!.Predictions.Select(prediction => prediction.Cores));
        CorePrediction one = report.Cores.Predictions[0];
        Assert.Equal(1, one.ImagesPerSecond / report.Workers[0].ImagesPerSecond.Median, tolerance: 1e-9);
        Assert.Equal((1, 0.0), (one.Threads, one.Transfers));
        Assert.All(report.Cores.Predictions, prediction =>
        {
            DividedStep step = Assert.Single(report.Cores.Steps, step => step.Threads == prediction.Threads);
            Assert.All(step.Phases, phase => Assert.InRange(phase.Slowest, phase.Mean, double.MaxValue));
            Assert.Equal(prediction.MicrosecondsPerStep, prediction.Compute + prediction.Imbalance + prediction.Transfers + prediction.Meetings, tolerance: 1e-6);
            Assert.Equal(1e6 * 60 / prediction.ImagesPerSecond, prediction.MicrosecondsPerStep, tolerance: 1e-6);
        });
    }

    [Theory]
    [InlineData(null)]
    [InlineData(ExchangeKind.FullGradients)]
    public async Task Run_AnyExchange_ComparesBoth(ExchangeKind? chosen)
    {
        BenchmarkCase subject = Case(batchSize: 12);
        subject = subject with { Pipeline = subject.Pipeline with { Exchange = chosen } };

        NetworkReport report = await NetworkBenchmark.RunAsync(subject, [1], Pace, TrainingMeter.Shared, cancellationToken: TestContext.Current.CancellationToken);

        WorkersReport auto = Assert.Single(report.Workers, workers => workers.IsAuto);
        Assert.Equal(auto.ImagesPerSecond, chosen is null ? report.Exchanges.OwnFeatures : report.Exchanges.FullGradients);
        Assert.Equal(auto.Workers, report.Exchanges.Workers);
        Assert.True(report.Exchanges.Ratio > 0);
    }

    [Fact]
    public async Task Run_OwnFeaturesThatCannotRun_LeavesThemOut()
    {
        BenchmarkCase subject = Case(batchSize: 12);
        subject = subject with { Training = subject.Training with { ClipNorm = 1 } };

        NetworkReport report = await NetworkBenchmark.RunAsync(subject, [1], Pace, TrainingMeter.Shared, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Null(report.Exchanges.OwnFeatures);
        Assert.Null(report.Exchanges.Ratio);
        Assert.True(report.Exchanges.FullGradients.Min > 0);
    }

    [Fact]
    public async Task Run_SmallNetwork_TimesEachStepAndTheGradientsThatItHas()
    {
        NetworkReport report = await NetworkBenchmark.RunAsync(Case(batchSize: 4), [1], Pace, TrainingMeter.Shared, cancellationToken: TestContext.Current.CancellationToken);

        LayerReport first = report.Layers[0];
        LayerReport last = report.Layers[^1];
        Assert.Equal(("conv1", true, true), (first.Name, first.ParameterGradient is not null, first.InputGradient is null));
        Assert.Equal(("dense2", true, true), (last.Name, last.ParameterGradient is not null, last.InputGradient is not null));
        Assert.All(report.Layers.Where(layer => layer.Type == "dropout"), layer => Assert.Null(layer.Forward.Gflops));
        Assert.True(last.Forward.Gflops > 0);
    }

    [Fact]
    public async Task Run_BatchThatTheDataHasNot_IsRefused() => await Assert.ThrowsAsync<ConfigurationException>(
        () => NetworkBenchmark.RunAsync(Case(batchSize: 61), [1], Pace, TrainingMeter.Shared, cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public async Task Run_Stopped_ThrowsThatItWasCancelled() => await Assert.ThrowsAnyAsync<OperationCanceledException>(
        () => NetworkBenchmark.RunAsync(Case(batchSize: 4), [1], Pace, TrainingMeter.Shared, cancellationToken: new CancellationToken(canceled: true)));

    [Fact]
    public void Meeting_OfTwoCores_IsMeasuredOrSaidToBeMissing()
    {
        MeetingReport? meeting = MeetingBenchmark.Run(Pace, TestContext.Current.CancellationToken);

        Assert.SkipWhen(meeting is null, "No two cores were free here.");
        Assert.InRange(meeting.Microseconds, 0.01, 5);
        Assert.InRange(meeting.LineNanoseconds, 0.01, 1000);
    }

    [Fact]
    public async Task HandOff_SeveralNumbersOfWorkers_ReportsEach()
    {
        IReadOnlyList<HandOffReport> reports = await HandOffBenchmark.RunAsync([1, 2], Pace, TrainingMeter.Shared, TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 1, 2], reports.Select(report => report.Workers));
        Assert.All(reports, report => Assert.Equal(Math.Min(report.Workers, Environment.ProcessorCount), report.Cores));
        Assert.Equal("full-gradients", reports[^1].Exchange);
        Assert.All(reports, report => Assert.True(report.Microseconds.Min > 0));
    }

    [Fact]
    public void Machine_AnyTier_IsMeasuredOnOneCoreAndOnAll()
    {
        MachineReport machine = MachineBenchmark.Run(Pace, TestContext.Current.CancellationToken);

        Assert.All(machine.MultiplyAdds.GroupBy(peak => peak.Kernels), tier => Assert.Equal(1, tier.First().Cores));
        Assert.All(machine.MultiplyAdds, peak => Assert.True(peak.Gflops.Min > 0));
        Assert.Equal(["read", "triad"], machine.Memory.Select(memory => memory.Access).Distinct());
        Assert.All(machine.Memory, memory => Assert.True(memory.GigabytesPerSecond.Min > 0));
    }

    [Theory]
    [InlineData(0.96, false)]
    [InlineData(0.98, true)]
    [InlineData(1.2, true)]
    public void Auto_SlowerThanAFixedNumber_IsSaidBeyondChance(double ratio, bool expected) =>
        Assert.Equal(expected, new AutoReport(Workers: 2, FastestWorkers: 1, ratio).IsNeverSlower);

    private static BenchmarkCase Case(int batchSize) =>
        new("small", TestData.Network(), TestData.Pair(60), new TrainingOptions { BatchSize = batchSize }, new PipelineOptions());
}
