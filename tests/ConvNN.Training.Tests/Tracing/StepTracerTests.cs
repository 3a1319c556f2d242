using System.Globalization;
using System.Text.RegularExpressions;
using ConvNN.Data;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Evaluation;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Schedules;
using ConvNN.Training.Tests.Pipeline;
using ConvNN.Training.Tracing;

namespace ConvNN.Training.Tests.Tracing;

/// <summary>A trace looks at the training that everybody gets: same bits, whoever computes.</summary>
public class StepTracerTests
{
    private const int Batch = 10;
    private const int Images = 47;      // four whole steps and one of seven

    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 3)]
    [InlineData(8, 8)]
    [InlineData(10, 1)]
    public async Task Trace_AnyStep_LeavesTheWeightsThatTrainingHasThen(int step, int workers)
    {
        StepTrace trace = await TraceAsync(step, workers);

        Assert.Equal(await HashAfterAsync(step - 1), trace.Before.Sha256);
        Assert.Equal(await HashAfterAsync(step), trace.After.Sha256);
    }

    [Fact]
    public async Task Trace_WorkersAndTheirNumber_ChangeOnlyWhoDidWhat()
    {
        StepTrace[] traces = await Task.WhenAll(((int[])[1, 2, 3, 8]).Select(workers => TraceAsync(7, workers)));

        Assert.Equal([1, 2, 3, 8], traces.Select(trace => trace.Workers.Count));
        foreach (StepTrace trace in traces[1..])
        {
            Assert.Equal(traces[0].Joins, trace.Joins);
            Assert.Equal(traces[0].Weights, trace.Weights);
            Assert.Equal((traces[0].MeanNorm, traces[0].Before, traces[0].After), (trace.MeanNorm, trace.Before, trace.After));
            Assert.Equal(
                traces[0].Leaves.Select(leaf => (leaf.FirstSample, leaf.Norm, string.Join(' ', leaf.Samples))),
                trace.Leaves.Select(leaf => (leaf.FirstSample, leaf.Norm, string.Join(' ', leaf.Samples))));
        }
    }

    [Fact]
    public async Task Trace_Step_ShowsItsSamplesTreeAndUpdate()
    {
        StepTrace trace = await TraceAsync(step: 6, workers: 3);

        // The first step of the second epoch.
        int[] order = new int[Images];
        new EpochSampler(Images, seed: 7).Shuffle(epoch: 2, order);
        Assert.Equal((6, 2, Batch), (trace.Step, trace.Epoch, trace.SampleCount));
        Assert.Equal(order[..Batch], trace.Leaves.SelectMany(leaf => leaf.Samples).Select(sample => sample.Index));
        Assert.Equal([0, 0, 1, 1, 1, 2, 2, 2], trace.Leaves.Select(leaf => leaf.Worker));
        Assert.Equal([(0, 2), (2, 5), (5, 8)], trace.Workers);

        Assert.Equal([(0, 2), (2, 4), (0, 4), (4, 6), (6, 8), (4, 8), (0, 8)], trace.Joins.Select(join => (join.Lo, join.Hi)));
        Assert.Equal(trace.Joins[^1].Norm / Batch, trace.MeanNorm, trace.MeanNorm * 1e-6);
        Assert.All(trace.Weights, weight => Assert.Equal(MathF.FusedMultiplyAdd(-0.1f, weight.Mean, weight.Before), weight.After));
        Assert.Equal(TestData.Network().Layout.Parameters.Count, trace.Weights.Count);
    }

    [Fact]
    public async Task Trace_Step_AddsOneGradientInThreeOrders()
    {
        TracedOrders orders = (await TraceAsync(step: 6, workers: 3)).Orders;
        TracedSums sums = orders.Example;
        float[] leaf = [.. sums.Leaves];

        Assert.Equal(8, leaf.Length);
        Assert.Equal(((leaf[0] + leaf[1]) + (leaf[2] + leaf[3])) + ((leaf[4] + leaf[5]) + (leaf[6] + leaf[7])), sums.Tree);
        Assert.Equal(leaf[0] + leaf[1] + leaf[2] + leaf[3] + leaf[4] + leaf[5] + leaf[6] + leaf[7], sums.Forward);
        Assert.Equal(leaf[7] + leaf[6] + leaf[5] + leaf[4] + leaf[3] + leaf[2] + leaf[1] + leaf[0], sums.Backward);
        Assert.True(sums.IsDiffering);
        Assert.InRange(orders.Differing, 1, orders.Weights);
        Assert.Equal(4 * 9, orders.Weights);
    }

    [Fact]
    public async Task Trace_BatchSmallerThanTheTree_HasEmptyLeavesAndJoinsNothingThere()
    {
        StepTrace trace = await TraceAsync(step: 5, workers: 8);

        Assert.Equal(7, trace.SampleCount);
        Assert.Equal(1, trace.Leaves.Count(leaf => leaf.Samples.Count == 0));
        TracedLeaf alone = trace.Leaves[1];
        Assert.Empty(trace.Leaves[0].Samples);
        Assert.Equal(alone.Norm, trace.Joins[0].Norm);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(1_000)]
    public async Task Trace_StepAfterTheLast_IsNone(long step) => Assert.Null(await NewTrainer(workers: 2).TraceAsync(step, Hang));

    [Fact]
    public async Task Trace_StoppedBefore_IsNone() => Assert.Null(await NewTrainer(workers: 2).TraceAsync(step: 3, new CancellationToken(canceled: true)));

    [Fact]
    public async Task Trace_ScheduleThatLooksAtValidation_HasTheRateOfTraining()
    {
        // Nothing is better than the first epoch, so the rate falls after each.
        (ImageDataset train, ImageDataset validation) = ValidationSplit.Split(TestData.Images(60), 20, seed: 1);
        DatasetPair data = TestData.Pair(60) with { Train = train, Validation = validation };
        TrainingOptions training = new() { Epochs = 4, LearningRate = 1e-30, Schedule = new PlateauSchedule { Patience = 1 } };
        TrainingResult trained = await new Trainer(TestData.Network(), data, training, new PipelineOptions()).RunAsync(cancellationToken: Hang);

        StepTrace? trace = await new Trainer(TestData.Network(), data, training, new PipelineOptions()).TraceAsync(step: 13, Hang);

        Assert.Equal((float)trained.Epochs[^1].LearningRate, trace!.LearningRate);
        Assert.NotEqual((float)trained.Epochs[0].LearningRate, trace.LearningRate);
    }

    [Fact]
    public async Task Trace_StepThatDiverges_EndsWithTheWordsOfTraining()
    {
        // Two layers without a rectifier that could die: the product of their weights grows with each step.
        Network network = new NetworkBuilder(Shape.Image(1, 9, 9)).Flatten().Dense(8).Dense(3, Activation.Softmax).Build();
        TrainingOptions training = new() { LearningRate = 1e6 };
        DivergenceException expected = await Assert.ThrowsAsync<DivergenceException>(
            () => new Trainer(network, TestData.Pair(600), training, new PipelineOptions()).RunAsync(cancellationToken: Hang));
        long step = long.Parse(Regex.Match(expected.Message, @"step (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);

        DivergenceException failure = await Assert.ThrowsAsync<DivergenceException>(
            () => new Trainer(network, TestData.Pair(600), training, new PipelineOptions()).TraceAsync(step, Hang));

        Assert.Equal(expected.Message, failure.Message);
    }

    private static Trainer NewTrainer(int workers) =>
        new(TestData.Network(), TestData.Pair(Images), new TrainingOptions { Epochs = 3, BatchSize = Batch, Seed = 7 }, new PipelineOptions { Workers = workers });

    private static async Task<StepTrace> TraceAsync(int step, int workers) => (await NewTrainer(workers).TraceAsync(step, Hang))!;

    /// <summary>The weights after so many steps of a pipeline that nobody looks at.</summary>
    private static async Task<string> HashAfterAsync(int steps)
    {
        await using PipelineRig rig = new(workers: 2, Batch);
        for (int epoch = 1; steps > 0; epoch++, steps -= 5)
        {
            await rig.RunAsync(new FirstSteps(BatchSource.Training(TestData.Images(Images), 7, epoch, Batch), Math.Min(5, steps)));
        }

        return rig.Hash;
    }

    /// <summary>The beginning of an epoch.</summary>
    private sealed class FirstSteps(IBatchSource source, int steps) : IBatchSource
    {
        private int _left = steps;

        public int Samples => source.Samples;

        public bool IsTraining => source.IsTraining;

        public int Epoch => source.Epoch;

        public bool TryFill(MiniBatch batch) => _left-- > 0 && source.TryFill(batch);
    }
}
