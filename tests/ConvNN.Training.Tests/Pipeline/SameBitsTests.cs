using ConvNN.Data;
using ConvNN.Kernels;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training.Tests.Pipeline;

/// <summary>The first promise: the weights depend on configuration and seed, not on who computes them or with what.</summary>
public class SameBitsTests
{
    private const int Images = 260;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(17)]
    [InlineData(128)]
    [InlineData(250)]
    public async Task Train_AnyNumberOfWorkers_GivesTheSameWeights(int batchSize)
    {
        string expected = await HashAfterTwoEpochsAsync(workers: 1, batchSize);

        foreach (int workers in new[] { 2, 3, 5, 8, 64 })
        {
            string actual = await HashAfterTwoEpochsAsync(workers, batchSize);

            Assert.True(expected == actual, $"batch {batchSize}: {workers} workers gave {actual}, one gave {expected}.");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(16)]
    [InlineData(64)]
    public async Task Train_AnyNumberOfLeaves_GivesTheSameWeightsForAllWorkers(int leaves)
    {
        string expected = await HashAfterTwoEpochsAsync(workers: 1, batchSize: 17, leaves);

        foreach (int workers in new[] { 2, 3, 5, 8 })
        {
            Assert.Equal(expected, await HashAfterTwoEpochsAsync(workers, batchSize: 17, leaves));
        }
    }

    [Theory]
    [InlineData(KernelTier.Vector128)]
    [InlineData(KernelTier.Vector256)]
    [InlineData(KernelTier.Vector512)]
    public async Task Train_AnyVectorWidth_GivesTheWeightsOfTheReference(KernelTier tier)
    {
        string expected = await HashAfterTwoEpochsAsync(workers: 2, batchSize: 17, tier: KernelTier.Reference);

        Assert.Equal(expected, await HashAfterTwoEpochsAsync(workers: 3, batchSize: 17, tier: tier));
    }

    [Fact]
    public async Task Train_AnotherSeedOrEpochOrder_GivesOtherWeights()
    {
        await using PipelineRig once = new(workers: 1);
        await once.TrainAsync(TestData.Images(Images), epoch: 1);
        await using PipelineRig other = new(workers: 1);
        await other.TrainAsync(TestData.Images(Images), epoch: 2);

        Assert.NotEqual(once.Hash, other.Hash);
    }

    /// <summary>
    /// The weights of the default network on the embedded sample, as they were when the definition of the sums was laid
    /// down. Another hash means that every published one is void: the definition may not change.
    /// </summary>
    [Fact]
    public async Task Train_DefaultNetworkOnSample_GivesThePublishedHash()
    {
        DatasetPair sample = await DatasetCatalog.LoadAsync(null, cancellationToken: TestContext.Current.CancellationToken);
        DatasetPair data = sample with { Train = sample.Train.Take(505), Test = sample.Test.Take(100) };

        TrainingResult result = await DefaultNetwork.For(data).TrainAsync(
            data,
            new TrainingOptions { Epochs = 2 },
            new PipelineOptions { Workers = 3 },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(DefaultNetwork.HashOfTwoEpochsOf505, result.WeightsSha256);
    }

    private static async Task<string> HashAfterTwoEpochsAsync(int workers, int batchSize, int? leaves = null, KernelTier? tier = null)
    {
        await using PipelineRig rig = new(workers, batchSize, leaves: leaves, tier: tier);
        for (int epoch = 1; epoch <= 2; epoch++)
        {
            PassResult result = await rig.TrainAsync(TestData.Images(Images), epoch);
            Assert.Equal(Images, result.Samples);
        }

        return rig.Hash;
    }
}
