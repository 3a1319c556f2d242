using ConvNN.Data;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training.Tests.Pipeline;

/// <summary>A warm step allocates the blocks' wake-up tasks and nothing else.</summary>
public class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task Run_WarmStep_AllocatesWakeUpTasksOnly(int workers)
    {
        // What a pass allocates once drops out of the difference between a long pass and a short one.
        await using PipelineRig rig = new(workers);
        await rig.TrainAsync(TestData.Images(10_000));
        long few = await AllocatedAsync(rig, TestData.Images(1_000));
        long many = await AllocatedAsync(rig, TestData.Images(11_000));

        double perStep = (many - few) / 1_000.0;

        TestContext.Current.TestOutputHelper?.WriteLine($"{workers} workers: {perStep:f0} bytes a step");
        Assert.True(perStep <= 128 * (workers + 4), $"{workers} workers allocated {perStep:f0} bytes a step; {128 * (workers + 4)} are allowed.");
    }

    private static async Task<long> AllocatedAsync(PipelineRig rig, ImageDataset data)
    {
        BatchSource source = BatchSource.Training(data, 7, 1, 10);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await rig.RunAsync(source);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
