using System.Globalization;
using ConvNN.Model;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training.Tests;

public class WorkerAdviceTests
{
    [Fact]
    public void EmployingBatch_EveryNumberOfWorkers_IsTheSmallestThatEmploysAll()
    {
        for (int workers = 1; workers <= 64; workers++)
        {
            int batch = Assert.NotNull(WorkerAdvice.EmployingBatch(workers, leaves: null));

            Assert.Equal(workers, Employed(batch, workers));
            Assert.All(Enumerable.Range(1, batch - 1), smaller => Assert.NotEqual(workers, Employed(smaller, workers)));
        }
    }

    [Theory]
    [InlineData(16, 10, null, "Pipeline:Workers is 16, but a batch of 10 uses only 8 of them in training; --batch-size 256 would use all (with different weights).")]
    [InlineData(8, 4, null, "Pipeline:Workers is 8, but a batch of 4 uses only 4 of them in training; --batch-size 8 would use all (with different weights).")]
    [InlineData(100, 10, null, "Pipeline:Workers is 100, but a batch of 10 uses only 8 of them in training; --set Pipeline:Leaves=100 with --batch-size 100 would use all (with different weights).")]
    [InlineData(5, 10, 4, "Pipeline:Workers is 5, but a batch of 10 uses only 4 of them in training; --set Pipeline:Leaves=5 with --batch-size 10 would use all (with different weights).")]
    [InlineData(8, 10, null, null)]
    [InlineData(1, 1, 1, null)]
    [InlineData(null, 1, null, null)]
    public void For_WorkersBatchAndLeaves_SaysWhatWouldEmployAll(int? workers, int batch, int? leaves, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], Advice(TestData.Network(), batch, new PipelineOptions { Workers = workers, Leaves = leaves }));

    [Fact]
    public void For_FewerWorkersThanAreFastest_NamesThem()
    {
        // A step of 320 MFLOP, which any number of cores shares.
        Network network = new NetworkBuilder(Shape.Image(1, 28, 28)).Flatten().Dense(2_000).Dense(10).Build();

        string[] slow = [.. Advice(network, batch: 64, new PipelineOptions { Workers = 1 })];

        Assert.Equal(Environment.ProcessorCount == 1 ? 0 : 1, slow.Length);
        string operations = (64 * network.TrainingOperations / 1e6).ToString("0.#", CultureInfo.InvariantCulture);
        Assert.All(slow, line => Assert.Equal(
            $"Pipeline:Workers is 1, which leaves cores idle: --workers auto would use {Math.Min(Environment.ProcessorCount, 64)}, predicted to be faster, since a step has {operations} million operations and a thread pays from 0.5 million on (the same weights; bench measures both).",
            line));
        Assert.Empty(Advice(network, batch: 64, new PipelineOptions { Workers = 8, Threads = 8 }));
        Assert.Empty(Advice(network, batch: 64, new PipelineOptions { Workers = 1, Exchange = ExchangeKind.FullGradients }));
    }

    private static IEnumerable<string> Advice(Network network, int batch, PipelineOptions options) =>
        WorkerAdvice.For(new PipelinePlan(network, new TrainingOptions { BatchSize = batch }, options), options);

    private static int Employed(int batch, int workers) =>
        Shard.SamplesOfWorkers(batch, new PipelineOptions().LeavesFor(batch), workers).Count(samples => samples > 0);
}
