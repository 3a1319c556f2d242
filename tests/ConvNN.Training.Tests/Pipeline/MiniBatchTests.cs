using ConvNN.Data;
using ConvNN.Data.Augmentations;
using ConvNN.Data.Idx;
using ConvNN.Kernels.Vectors;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training.Tests.Pipeline;

public class MiniBatchTests
{
    private static readonly RandomAugmentation All =
        new() { Shift = 2, Rotation = 15, Scale = 0.2, Shear = 10, Elastic = 1.5, Flip = true, Erase = 0.5, Noise = 0.1 };

    [Fact]
    public void Load_SamplesOfABatch_AreChangedOnceEach()
    {
        ImageDataset data = new(
            "d", "train", new IdxArray("i", [.. Enumerable.Range(0, 4 * 784).Select(i => (byte)(i * 7))], [4, 28, 28]), new IdxArray("l", [0, 0, 0, 0], [4]), classes: 1);
        MiniBatch batch = new(data.Shape, 4, KernelTier.Reference), twice = new(data.Shape, 4, KernelTier.Reference);
        IAugmentation augmentation = All.Create(data.Shape, seed: 1);
        batch.Choose(data, [3, 1, 0]);
        twice.Choose(data, [3, 1, 0]);
        batch.Load(first: 0, count: 3, augmentation, epoch: 2);
        twice.Load(first: 1, count: 2, augmentation, epoch: 2);
        twice.Load(first: 0, count: 3, augmentation, epoch: 2);

        float[] expected = [.. Enumerable.Range(0, 784).Select(p => data.Image(1)[p] / 255f)];
        augmentation.Apply(expected, epoch: 2, index: 1);

        Assert.Equal(batch.Images, twice.Images);
        Assert.Equal(expected, batch.Images.Slice(data.Shape.Stride, 784).ToArray());
    }
}
