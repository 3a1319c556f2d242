using ConvNN.Data;
using ConvNN.Data.Augmentations;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Training.Evaluation;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Schedules;

namespace ConvNN.Training.Tests;

/// <summary>The first promise for combinations that nobody has thought of: networks, optimizers, schedules and augmentations drawn from the catalogue.</summary>
public class CatalogueTests
{
    private const int Draws = 40;

    internal static readonly DatasetPair Data = Split();

    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, Draws)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Run_DrawnFromTheCatalogue_GivesTheSameBitsForAllWorkers(int seed)
    {
        CatalogueDraw draw = new(seed);
        string expected = await HashesAsync(draw, new PipelineOptions { Workers = 1, Kernels = KernelTier.Reference });

        foreach ((int workers, int threads) in new[] { (1, 1), (2, 2), (3, 3), (5, 3), (11, 11) })
        {
            string actual = await HashesAsync(draw, new PipelineOptions { Workers = workers, Threads = threads });

            Assert.True(expected == actual, $"{workers} workers gave other weights than the reference. Seed {seed}: {draw}");
        }
    }

    [Fact]
    public void Draws_AllSeeds_HaveTheWholeCatalogue()
    {
        CatalogueDraw[] draws = [.. Seeds.Select(seed => new CatalogueDraw(seed.Data))];

        AssertAll(LayerRegistry.Types.Names, draws.SelectMany(draw => draw.Layers).Select(layer => layer.Type));
        AssertAll(OptimizerRegistry.Types.Types.Select(type => type.Name), draws.Select(draw => draw.Options.Optimizer.Type));
        AssertAll(ScheduleRegistry.Types.Types.Select(type => type.Name), draws.Select(draw => draw.Options.Schedule.Type));
        Assert.Contains(draws, draw => draw.Network.Layout.StatisticsLength > 0);
        Assert.Contains(draws, draw => draw.Layers.Any(layer => layer is Conv2dOptions { Groups: > 1 }));
        Assert.Contains(draws, draw => draw.Options is { ClipNorm: not null, Augmentation: RandomAugmentation });
        Assert.Contains(draws, draw => draw.Options is { AverageDecay: not null, Accumulate: > 1 });
    }

    private static void AssertAll(IEnumerable<string> expected, IEnumerable<string> drawn) => Assert.Empty(expected.Except(drawn));

    private static async Task<string> HashesAsync(CatalogueDraw draw, PipelineOptions pipeline)
    {
        TrainingResult result = await new Trainer(draw.Network, Data, draw.Options, pipeline).RunAsync(cancellationToken: Hang);
        return string.Join(' ', result.Epochs.Select(epoch => epoch.WeightsSha256));
    }

    private static DatasetPair Split()
    {
        DatasetPair data = TestData.Pair(100);
        (ImageDataset train, ImageDataset validation) = ValidationSplit.Split(data.Train, 20, seed: 1);
        return data with { Train = train, Validation = validation };
    }
}
