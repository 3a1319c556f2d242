using ConvNN.Data.Augmentations;
using ConvNN.Kernels.Vectors;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Training.Inspection;
using ConvNN.Training.Options;
using ConvNN.Training.Progress;
using ConvNN.Training.Tracing;

namespace ConvNN.Training.Tests.Inspection;

/// <summary>What is told of the layers after an epoch: true figures, the same for everybody, and training knows nothing of it.</summary>
public class EpochInspectorTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 2, BatchSize = 20, Seed = 7, Augmentation = new RandomAugmentation() };

    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    public static TheoryData<int, KernelTier?> Workers { get; } = new() { { 1, null }, { 2, KernelTier.Reference }, { 3, KernelTier.Vector128 }, { 5, null } };

    [Theory]
    [MemberData(nameof(Workers))]
    public async Task Run_InspectingLayers_KeepsTheWeightsAndTellsTheSameFiguresForAllWorkers(int workers, KernelTier? tier)
    {
        (TrainingResult plain, List<LayersInspected> none) = await RunAsync(isInspecting: false, new PipelineOptions { Workers = 1 });
        (_, List<LayersInspected> expected) = await RunAsync(isInspecting: true, new PipelineOptions { Workers = 1 });

        (TrainingResult result, List<LayersInspected> actual) = await RunAsync(isInspecting: true, new PipelineOptions { Workers = workers, Kernels = tier });

        Assert.Equal(plain.Epochs.Select(epoch => epoch.WeightsSha256), result.Epochs.Select(epoch => epoch.WeightsSha256));
        Assert.Empty(none);
        Assert.Equal([(1, 260), (2, 260)], actual.Select(epoch => (epoch.Epoch, epoch.Samples)));
        Assert.Equal(["conv1", "norm1", "relu1", "conv2", "residual1", "dense1", "dense2"], actual[0].Layers.Select(layer => layer.Name));
        Assert.Equal(expected.SelectMany(epoch => epoch.Layers), actual.SelectMany(epoch => epoch.Layers));
        Assert.NotEqual(actual[0].Layers, actual[1].Layers);
    }

    [Fact]
    public async Task Inspect_OneBatch_HasTheGradientOfTheStep()
    {
        Network network = TestData.Network();
        TrainingOptions training = Options with { BatchSize = 256 };
        StepTrace trace = (await new Trainer(network, TestData.Pair(256), training, new PipelineOptions { Workers = 2 }).TraceAsync(step: 1, Hang))!;
        AlignedBuffer weights = network.Layout.Initialize(training.Seed);

        LayersInspected seen = new EpochInspector(network, TestData.Images(256), new CrossEntropy(), training, new PipelineOptions()).Inspect(1, weights.Span);

        Assert.Equal(trace.MeanNorm, Math.Sqrt(seen.Layers.Sum(layer => layer.GradientNorm!.Value * layer.GradientNorm.Value)), 1e-12);
        Assert.Equal(trace.Before.Norm, Math.Sqrt(seen.Layers.Sum(layer => layer.WeightNorm!.Value * layer.WeightNorm.Value)), 1e-12);
    }

    [Fact]
    public void Inspect_UnitsThatNothingReaches_AreDead()
    {
        // Filters 0 and 1 and units 0 to 4 are far below 0 whatever comes, and all others above.
        Network network = TestData.Network();
        AlignedBuffer weights = network.Layout.Initialize(seed: 1);
        Fill("conv1.bias", i => i < 2 ? -1000 : 1000);
        Fill("dense1.weight", _ => 0);
        Fill("dense1.bias", i => i < 5 ? -1 : 1);

        LayersInspected seen = new EpochInspector(network, TestData.Images(300), new CrossEntropy(), Options, new PipelineOptions()).Inspect(1, weights.Span);

        Assert.Equal([("conv1", 4, 2), ("dense1", 18, 5), ("dense2", 0, 0)], seen.Layers.Select(layer => (layer.Name, layer.Units, layer.DeadUnits)));
        Assert.Equal([0.5, 5 / 18.0, null], seen.Layers.Select(layer => layer.DeadShare));

        void Fill(string name, Func<int, float> value)
        {
            Parameter parameter = network.Layout.Parameters.Single(parameter => parameter.Name == name);
            for (int row = 0; row < parameter.Rows; row++)
            {
                Span<float> values = parameter.Row(weights.Span, row);
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = value(i);
                }
            }
        }
    }

    [Fact]
    public async Task Run_LearningNothing_IsLookedInto()
    {
        Trainer trainer = new(TestData.Network(), TestData.Pair(260), Options with { LearningRate = 50 }, new PipelineOptions { Workers = 2 });
        await trainer.RunAsync(cancellationToken: Hang);

        LayersInspected[] seen = [.. await ReadAsync(trainer)];

        Assert.Contains(seen, epoch => epoch.Layers.Any(layer => layer.DeadShare > 0.5));
    }

    private static async Task<(TrainingResult Result, List<LayersInspected> Seen)> RunAsync(bool isInspecting, PipelineOptions pipeline)
    {
        Network network = new NetworkBuilder(Shape.Image(1, 9, 9))
            .Conv2d(filters: 6, kernel: 3, activation: Activation.Relu)
            .BatchNorm2d()
            .Relu()
            .Conv2d(filters: 8, kernel: 3, padding: 1, stride: 2)
            .Residual(layers: 1, Activation.Relu)
            .Flatten()
            .Dense(units: 12, activation: Activation.Relu, dropout: 0.25)
            .Dense(units: TestData.Classes, activation: Activation.Softmax)
            .Build();
        Trainer trainer = new(network, TestData.Pair(300), Options, pipeline) { InspectsLayers = isInspecting };
        TrainingResult result = await trainer.RunAsync(cancellationToken: Hang);
        return (result, await ReadAsync(trainer));
    }

    private static async Task<List<LayersInspected>> ReadAsync(Trainer trainer)
    {
        List<LayersInspected> seen = [];
        await foreach (TrainingEvent what in trainer.Events.ReadAllAsync(Hang))
        {
            if (what is LayersInspected layers)
            {
                seen.Add(layers);
            }
        }

        return seen;
    }
}
