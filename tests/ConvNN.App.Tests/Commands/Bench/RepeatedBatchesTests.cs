using ConvNN.App.Commands.Bench.Measuring;
using ConvNN.Data;
using ConvNN.Kernels.Vectors;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Tests;

namespace ConvNN.App.Tests.Commands.Bench;

public class RepeatedBatchesTests
{
    [Fact]
    public void TryFill_MoreImagesThanThereAre_BeginsAgain()
    {
        ImageDataset data = TestData.Images(5);
        RepeatedBatches batches = new(data, [4, 3, 2, 1, 0], batchSize: 3, steps: 3, isTraining: true);
        MiniBatch batch = new(data.Shape, 3, KernelTier.Reference);
        List<int[]> seen = [];

        while (batches.TryFill(batch))
        {
            seen.Add(batch.Indices.ToArray());
        }

        Assert.Equal(9, batches.Samples);
        Assert.Equal([[4, 3, 2], [1, 0, 4], [3, 2, 1]], seen);
    }
}
