using ConvNN.Data;
using ConvNN.Data.Catalog;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;
using ConvNN.Training.Progress;

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

    /// <summary>More members than leaves, than filters and than samples, on more threads than this machine has cores.</summary>
    [Theory]
    [InlineData(9)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(64)]
    public async Task Train_ManyMembers_GiveTheWeightsOfOne(int members)
    {
        foreach (Network network in new[] { TestData.Network(), TwoBlocks(), Odd() })
        {
            foreach (int batchSize in new[] { 10, 50 })
            {
                Assert.Equal(await HashAsync(network, 1, batchSize), await HashAsync(network, members, batchSize));
            }
        }

        static async Task<string> HashAsync(Network network, int members, int batchSize)
        {
            TrainingResult result = await new Trainer(
                network, TestData.Pair(120), new TrainingOptions { Epochs = 1, BatchSize = batchSize, Seed = 3 }, new PipelineOptions { Workers = members, Threads = members })
                .RunAsync(cancellationToken: TestContext.Current.CancellationToken);
            return result.WeightsSha256;
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

    /// <summary>Batches of 35 over 4 leaves and of 128 over 8, the last one smaller: leaves of batch norm are not all alike.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(10)]
    public async Task Train_NetworkOfTheOtherLayers_GivesTheSameWeightsForAllWorkersAndWidths(int batchSize)
    {
        string expected = await HashOfOtherLayersAsync(workers: 1, batchSize, KernelTier.Reference);

        foreach ((int workers, KernelTier tier) in new[] { (1, KernelTier.Vector128), (2, KernelTier.Vector256), (3, KernelTier.Vector512), (8, KernelSet.BestTier) })
        {
            Assert.Equal(expected, await HashOfOtherLayersAsync(workers, batchSize, tier));
        }
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
        DatasetPair sample = await DatasetCatalog.LoadAsync("sample", TestContext.Current.CancellationToken);
        DatasetPair data = sample with { Train = sample.Train.Take(505), Test = sample.Test.Take(100) };

        TrainingResult result = await new Trainer(
            DefaultNetwork.For(data),
            data,
            new TrainingOptions { Epochs = 2 },
            new PipelineOptions { Workers = 3 }).RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(DefaultNetwork.HashOfTwoEpochsOf505, result.WeightsSha256);
    }

    /// <summary>The same for what the default network has not: several channels, padding, strides, windows that overlap, wide layers, more leaves.</summary>
    [Theory]
    [InlineData("two-block, 16 leaves", "932a9a375549e05c487463c8d8584f25f1195e8855a1af8eb335be992acf94a2")]
    [InlineData("odd", "9182f215ddab12aa10a64947b2ea6aa493d66196652e1ba7753005f72d34044a")]
    public async Task Train_OtherNetworks_GiveThePublishedHash(string name, string expected)
    {
        DatasetPair data = TestData.Pair(600);
        Network network = name == "odd"
            ? Odd()
            : TwoBlocks();

        TrainingResult result = await new Trainer(
            network,
            data,
            new TrainingOptions { Epochs = 1, BatchSize = name == "odd" ? 33 : 256, Seed = 5 },
            new PipelineOptions { Workers = 3 }).RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(expected, result.WeightsSha256);
    }

    private static async Task<string> HashOfOtherLayersAsync(int workers, int batchSize, KernelTier tier)
    {
        Network network = new NetworkBuilder(Shape.Image(1, 9, 9))
            .Conv2d(filters: 6, kernel: 3, bias: false, padding: 2, dilation: 2)
            .BatchNorm2d()
            .Activate(Activation.Gelu)
            .AveragePool2d(window: 2)
            .Conv2d(filters: 6, kernel: 3, padding: 1, stride: new Size2d(1, 2), groups: 6, activation: Activation.Silu)
            .BatchNorm2d(momentum: 0.5)
            .Residual(layers: 2, Activation.Relu)
            .Conv2d(filters: 6, kernel: 3, padding: 1, activation: Activation.Relu)
            .Conv2d(filters: 6, kernel: 3, padding: 1)
            .Residual(layers: 2, Activation.Relu)
            .Dropout2d(0.25)
            .Conv2d(filters: 8, kernel: 1, activation: Activation.LeakyRelu)
            .GlobalAveragePool()
            .Dense(units: 7, activation: Activation.Tanh)
            .Dense(units: 128, activation: Activation.Relu)
            .Dense(units: 128, activation: Activation.Relu)
            .Residual(layers: 1)
            .Dense(units: TestData.Classes, activation: Activation.Softmax)
            .Build();
        await using PipelineRig rig = new(workers, batchSize, tier: tier, network: network);
        await rig.TrainAsync(TestData.Images(Images));
        await rig.EvaluateAsync(TestData.Images(40));

        Assert.Contains(network.Layout.Parameters, parameter => !parameter.IsTrained && parameter.Row(rig.Weights.Span, 0)[0] is not (0 or 1));
        return rig.Hash;
    }

    private static Network Odd() => new NetworkBuilder(TestData.Pair(1).Train.Shape)
        .Conv2d(5, new Size2d(3, 2), stride: new Size2d(2, 1), padding: 2, activation: Activation.Relu)
        .Conv2d(7, 3, padding: 1, bias: false)
        .Relu()
        .MaxPool2d(new Size2d(2, 3), stride: 1)
        .Dropout(0.1)
        .Flatten()
        .Dense(300, Activation.Relu)
        .Dense(TestData.Classes, Activation.Softmax)
        .Build();

    private static Network TwoBlocks() => new NetworkBuilder(TestData.Pair(1).Train.Shape)
        .Conv2d(32, 3, activation: Activation.Relu)
        .Conv2d(64, 3, activation: Activation.Relu)
        .MaxPool2d(2)
        .Dropout(0.25)
        .Flatten()
        .Dense(128, Activation.Relu, dropout: 0.25)
        .Dense(TestData.Classes, Activation.Softmax)
        .Build();

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
