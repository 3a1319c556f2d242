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
            int batch = Assert.NotNull(WorkerAdvice.EmployingBatch(workers, leaves: null, mayShare: false));

            Assert.Equal(workers, Employed(batch, workers));
            Assert.All(Enumerable.Range(1, batch - 1), smaller => Assert.NotEqual(workers, Employed(smaller, workers)));
        }
    }

    [Theory]
    [InlineData(16, 64, 10, null, "Pipeline:Workers is 16, but a batch of 10 can use only 8 cores in training; --batch-size 64 would use 16 (with different weights).")]
    [InlineData(8, 8, 4, null, "Pipeline:Workers is 8, but a batch of 4 can use only 4 cores in training; --batch-size 8 would use 8 (with different weights).")]
    [InlineData(1000, 100, 10, null, "Pipeline:Workers is 1000, but a batch of 10 can use only 8 cores in training; --batch-size 400 would use 100 (with different weights).")]
    [InlineData(5, 8, 10, 4, "Pipeline:Workers is 5, but a batch of 10 can use only 4 cores in training; --batch-size 20 would use 5 (with different weights).")]
    [InlineData(8, 64, 10, null, null)]
    [InlineData(16, 2, 10, null, null)]
    [InlineData(1, 64, 1, 1, null)]
    [InlineData(null, 64, 1, null, null)]
    public void For_WorkersCoresBatchAndLeaves_SaysWhatWouldEmployAll(int? workers, int cores, int batch, int? leaves, string? expected)
    {
        PipelineOptions options = new() { Workers = workers, Leaves = leaves };
        PipelinePlan plan = new(TestData.Network(), new TrainingOptions { BatchSize = batch }, options);

        Assert.Equal(expected is null ? [] : [expected], WorkerAdvice.For(plan, options, cores));
    }

    /// <summary>With full gradients each worker needs a leaf of its own.</summary>
    [Theory]
    [InlineData(16, null, "--batch-size 256 would use 16")]
    [InlineData(5, 4, "--set Pipeline:Leaves=5 with --batch-size 10 would use 5")]
    public void For_FullGradients_AsksForLeaves(int workers, int? leaves, string expected)
    {
        PipelineOptions options = new() { Workers = workers, Leaves = leaves, Exchange = ExchangeKind.FullGradients };
        PipelinePlan plan = new(TestData.Network(), new TrainingOptions { BatchSize = 10 }, options);

        Assert.Contains(expected, Assert.Single(WorkerAdvice.For(plan, options, cores: 64)), StringComparison.Ordinal);
    }

    private static int Employed(int batch, int workers) =>
        Shard.SamplesOfWorkers(batch, new PipelineOptions().LeavesFor(batch), workers).Count(samples => samples > 0);
}
