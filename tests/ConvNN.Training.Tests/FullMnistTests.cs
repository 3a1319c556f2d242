using ConvNN.Data;
using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Training.Options;

namespace ConvNN.Training.Tests;

/// <summary>
/// The promises on MNIST itself. They take minutes: set CONVNN_LONG_TESTS=1 to run them, and CONVNN_Data__Directory to
/// the folder with the four files.
/// </summary>
[Trait("Category", "Long")]
public class FullMnistTests
{
    [Fact]
    public async Task Train_OneEpoch_GivesTheSameWeightsForAnyNumberOfWorkers()
    {
        DatasetPair mnist = await MnistAsync();

        Assert.Single(await HashesAsync(mnist, batchSize: 10, [1, 2, 3, 5, 8], KernelSet.BestTier));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(17)]
    [InlineData(128)]
    [InlineData(250)]
    public async Task Train_SixThousandImages_GivesTheSameWeightsForAnyNumberOfWorkers(int batchSize)
    {
        DatasetPair mnist = await MnistAsync();
        DatasetPair part = mnist with { Train = mnist.Train.Take(6_000) };

        Assert.Single(await HashesAsync(part, batchSize, [1, 2, 3, 5, 8], KernelSet.BestTier));
    }

    [Fact]
    public async Task Train_TwoThousandImages_GivesTheSameWeightsOnEveryTier()
    {
        DatasetPair mnist = await MnistAsync();
        DatasetPair part = mnist with { Train = mnist.Train.Take(2_000), Test = mnist.Test.Take(500) };

        Assert.Single(await HashesAsync(part, batchSize: 17, [1, 3], Enum.GetValues<KernelTier>()));
    }

    [Fact]
    public async Task Train_TenEpochs_ReachesTheAccuracyOfTheOriginal()
    {
        DatasetPair mnist = await MnistAsync();

        TrainingResult result = await new Trainer(DefaultNetwork.For(mnist), mnist, new TrainingOptions(), new PipelineOptions())
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        double accuracy = result.Epochs[^1].Test.Accuracy;
        Assert.True(accuracy >= 0.98, $"test accuracy after 10 epochs is {accuracy:p2}; PyTorch reaches 98.6 % with this network.");
    }

    private static async Task<DatasetPair> MnistAsync()
    {
        string? directory = Environment.GetEnvironmentVariable("CONVNN_Data__Directory");
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CONVNN_LONG_TESTS") == "1", "A longer proof: set CONVNN_LONG_TESTS=1.");
        Assert.SkipWhen(string.IsNullOrEmpty(directory), "Set CONVNN_Data__Directory to a folder with the four MNIST files.");
        return await DatasetCatalog.LoadAsync(
            new DatasetOptions { Dataset = "mnist", Directory = directory }, cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>The different weights that training gives; one when the promise holds.</summary>
    private static async Task<IEnumerable<string>> HashesAsync(DatasetPair data, int batchSize, int[] workers, params KernelTier[] tiers)
    {
        HashSet<string> hashes = [];
        foreach (KernelTier tier in tiers)
        {
            foreach (int count in workers)
            {
                TrainingResult result = await new Trainer(
            DefaultNetwork.For(data),
            data,
            new TrainingOptions { Epochs = 1, BatchSize = batchSize },
            new PipelineOptions { Workers = count, Kernels = tier }).RunAsync(cancellationToken: TestContext.Current.CancellationToken);
                hashes.Add(result.WeightsSha256);
            }
        }

        return hashes;
    }
}
