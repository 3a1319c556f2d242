using ConvNN.Data;
using ConvNN.Data.Augmentations;
using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Files;
using ConvNN.Pictures;
using ConvNN.Tests.Cluster;
using ConvNN.Training.Cluster;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Tuning;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Pipeline;

/// <summary>Pictures that take more than the memory for data are decoded ahead of each step: a run with them is the run with images in memory.</summary>
public sealed class DecodeAheadTests : IDisposable
{
    private const int Train = 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("convnn-").FullName;

    public DecodeAheadTests()
    {
        Write(TestData.Images(Train), "train");
        Write(TestData.Images(20, "test", seed: 2), "test");
    }

    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1, 1, 1, ExchangeKind.OwnFeatures)]
    [InlineData(2, 3, 1, ExchangeKind.OwnFeatures)]
    [InlineData(3, 2, 4, ExchangeKind.OwnFeatures)]
    [InlineData(3, 5, 2, ExchangeKind.FullGradients)]
    public async Task Run_PicturesDecodedAhead_GivesTheBitsOfImagesInMemory(int threads, int decoders, int prefetch, ExchangeKind exchange)
    {
        TrainingOptions training = new() { Epochs = 3, Seed = 5, BatchSize = 8, LearningRate = 0.05, Augmentation = new RandomAugmentation { Shift = 1, Rotation = 10, Noise = 0.05 } };
        PipelineOptions pipeline = new() { Workers = threads, Threads = threads, Exchange = exchange, Decoders = decoders, Prefetch = prefetch };
        DatasetPair inMemory = await LoadAsync(memory: null), inFiles = await LoadAsync(memory: 100);

        TrainingResult expected = await new Trainer(TestData.Network(), inMemory, training, pipeline).RunAsync(cancellationToken: Hang);
        TrainingResult actual = await new Trainer(TestData.Network(), inFiles, training, pipeline).RunAsync(cancellationToken: Hang);

        Assert.Equal((true, false), (inMemory.Train.IsInMemory, inFiles.Train.IsInMemory));
        Assert.Equal(expected.WeightsSha256, actual.WeightsSha256);
        Assert.Equal(expected.Epochs.Select(Figures), actual.Epochs.Select(Figures));

        // A batch is chosen once, and each decoder has a share of it.
        Assert.Equal(((Train + 7) / 8 * (1 + decoders)) + (prefetch + 2), actual.Epochs[0].Training.Loads[0].Items);
        Assert.Equal(prefetch + 2, actual.Epochs[0].Training.Loads[0].QueueCapacity);
    }

    /// <summary>The threads of a step change while batches are decoded.</summary>
    [Fact]
    public async Task Run_ThreadsThatAreMeasured_GiveTheSameBits()
    {
        TrainingOptions training = new() { Epochs = 4, BatchSize = 4 };
        DatasetPair inMemory = await LoadAsync(memory: null), inFiles = await LoadAsync(memory: 100);

        TrainingResult expected = await new Trainer(TestData.Network(), inMemory, training, new PipelineOptions { Workers = 1 }).RunAsync(cancellationToken: Hang);
        TrainingResult actual = await new Trainer(TestData.Network(), inFiles, training, new PipelineOptions())
        {
            Threads = (_, _) => new RandomChoice([1, 2, 3, 5, 8], seed: 3),
        }.RunAsync(cancellationToken: Hang);

        Assert.Equal(expected.WeightsSha256, actual.WeightsSha256);
    }

    /// <summary>One machine of a job has memory for the pictures, the others decode them.</summary>
    [Fact]
    public async Task Run_RanksOfDifferentMemory_GiveTheSameBits()
    {
        TrainingOptions training = new() { Epochs = 2, Seed = 5, BatchSize = 8, Augmentation = new RandomAugmentation { Shift = 1, Rotation = 10 } };
        DatasetPair inMemory = await LoadAsync(memory: null), inFiles = await LoadAsync(memory: 100);
        TrainingResult expected = await new Trainer(TestData.Network(), inMemory, training, new PipelineOptions { Workers = 1 }).RunAsync(cancellationToken: Hang);

        TrainingResult[] actual = new ThreadJob(3, delays: 3).Run(rank => new Trainer(
            TestData.Network(), rank.Rank == 0 ? inMemory : inFiles, training, new PipelineOptions { Workers = 1 + rank.Rank, Ranks = new RankGroup(rank) })
            .RunAsync(cancellationToken: Hang).GetAwaiter().GetResult());

        Assert.All(actual, result => Assert.Equal(expected.Epochs.Select(Figures), result.Epochs.Select(Figures)));
        Assert.All(actual, result => Assert.Equal(expected.WeightsSha256, result.WeightsSha256));
    }

    [Fact]
    public void Plan_DecodedAhead_HoldsTheBatchesThatMayWait()
    {
        TrainingOptions training = new() { BatchSize = 32 };
        PipelineOptions options = new() { Workers = 2, Threads = 2, Prefetch = 6, Decoders = 3 };

        PipelinePlan inMemory = new(TestData.Network(), training, options), ahead = new(TestData.Network(), training, options with { DecodesAhead = true });

        long image = TestData.Network().Input.Stride * sizeof(float);
        Assert.Equal((0, 3), (inMemory.Decoders, inMemory.Runs));
        Assert.Equal((3, 8, 1, 32), (ahead.Decoders, ahead.Runs, ahead.BatchesOfRun, ahead.BatchCapacity));
        Assert.InRange(ahead.BatchBytes, 8 * 32 * image, 8 * 32 * (image + 20));
    }

    /// <summary>Pictures of a quarter of a million pixels for a network of 81 inputs.</summary>
    [Fact]
    public async Task Run_DecodingTakesLongerThanSteps_ReadIsTheLimit()
    {
        byte[] large = PngWriter.Write(new Picture(500, 500, 1, [.. Enumerable.Range(0, 500 * 500).Select(i => (byte)(i * i >> 3))]));
        foreach (string file in Directory.GetFiles(Path.Combine(_folder, "train"), "*.png", SearchOption.AllDirectories))
        {
            File.WriteAllBytes(file, large);
        }

        DatasetPair data = await DatasetCatalog.LoadAsync(new DatasetOptions { Directory = _folder, ImageSize = 9, Memory = 1 }, cancellationToken: Hang);
        TrainingResult result = await new Trainer(TestData.Network(), data, new TrainingOptions { Epochs = 2 }, new PipelineOptions { Workers = 1 }).RunAsync(cancellationToken: Hang);

        Assert.Equal("read", result.Epochs[1].Training.Limit.Stage);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_PictureThatIsGone_EndsWithItsName(bool isOfTest)
    {
        DatasetPair data = await LoadAsync(memory: 100);
        string gone = Path.Combine(_folder, isOfTest ? "test" : "train", "c1", "004.png");
        File.Delete(gone);

        DatasetException failure = await Assert.ThrowsAsync<DatasetException>(
            () => new Trainer(TestData.Network(), data, new TrainingOptions { Epochs = 1 }, new PipelineOptions { Workers = 2 }).RunAsync(cancellationToken: Hang));

        Assert.StartsWith($"{gone}: there is no such file in ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StoppedWhileBatchesAreDecoded_EndsAfterTheStep()
    {
        DatasetPair data = await LoadAsync(memory: 100);
        using CancellationTokenSource stop = new();
        Trainer trainer = new(TestData.Network(), data, new TrainingOptions { Epochs = 1000, BatchSize = 2 }, new PipelineOptions { Workers = 2, Prefetch = 7 });

        TrainingResult result = await trainer.RunAsync(_ => stop.CancelAsync(), stop.Token).WaitAsync(TimeSpan.FromSeconds(60), Hang);

        Assert.True(result.IsStopped);
        Assert.Single(result.Epochs);
    }

    private static (int Samples, double Loss, int Correct, double TestLoss) Figures(EpochResult epoch) =>
        (epoch.Training.Samples, epoch.Training.LossSum, epoch.Training.Correct, epoch.Test.LossSum);

    private Task<DatasetPair> LoadAsync(long? memory) => DatasetCatalog.LoadAsync(new DatasetOptions { Directory = _folder, Normalize = "standard", Memory = memory }, cancellationToken: Hang);

    private void Write(ImageDataset images, string part)
    {
        for (int i = 0; i < images.Count; i++)
        {
            string path = Path.Combine(_folder, part, $"c{images.Label(i)}", $"{i:000}.png");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, PngWriter.Write(new Picture(images.Shape.Width, images.Shape.Height, 1, images.Image(i).ToArray())));
        }
    }
}
