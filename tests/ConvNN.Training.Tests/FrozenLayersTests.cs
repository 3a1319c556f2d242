using ConvNN.Kernels.Vectors;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;

namespace ConvNN.Training.Tests;

/// <summary>Training leaves frozen layers as they are: a new head is trained on what they make of the images.</summary>
public class FrozenLayersTests
{
    /// <summary>Weight decay, clipping and a moving average change every trained weight, but none of a frozen layer and none of its running statistics.</summary>
    [Theory]
    [InlineData(ExchangeKind.OwnFeatures, null)]
    [InlineData(ExchangeKind.FullGradients, 0.5)]
    public async Task RunAsync_HeadOnFrozenLayers_ChangesTheHeadAlone(ExchangeKind exchange, double? clipNorm)
    {
        Network network = Network(isFrozen: true);
        TrainingOptions training = new()
        {
            Epochs = 2,
            Optimizer = new AdamWOptions { WeightDecay = 0.1 },
            LearningRate = 0.01,
            ClipNorm = clipNorm,
            ClipValue = 0.1,
            AverageDecay = 0.9,
        };
        Trainer trainer = new(network, TestData.Pair(train: 60), training, new PipelineOptions { Workers = 2, Exchange = exchange });
        AlignedBuffer before = network.Layout.Initialize(training.Seed);

        await trainer.RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(
            ["dense1.bias", "dense1.weight"],
            network.Layout.InFileOrder
                .Where(parameter => !Values(parameter, trainer.Weights).SequenceEqual(Values(parameter, before)) || !Values(parameter, trainer.Model).SequenceEqual(Values(parameter, before)))
                .Select(parameter => parameter.Name));
    }

    /// <summary>A frozen batch norm computes in training what it computes in an evaluation; one that is trained takes the moments of the batch.</summary>
    [Fact]
    public async Task RunAsync_FrozenBatchNorm_NormalisesWithItsRunningStatistics()
    {
        // With nothing dropped and a learning rate of almost 0, an epoch of training is an evaluation: losses differ only by how batch norm normalises.
        TrainingOptions training = new() { Epochs = 1, BatchSize = 32, LearningRate = 1e-30 };

        double frozen = await DifferenceAsync(isFrozen: true);
        double free = await DifferenceAsync(isFrozen: false);

        Assert.Equal(0, frozen, tolerance: 1e-6);
        Assert.True(free > 0.01, $"{free}");

        async Task<double> DifferenceAsync(bool isFrozen)
        {
            Trainer trainer = new(Network(isFrozen), TestData.Pair(train: 64) with { Test = TestData.Images(64) }, training, new PipelineOptions());
            TrainingResult result = await trainer.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
            return Math.Abs(result.Epochs[0].Training.Loss - result.Epochs[0].Test.Loss);
        }
    }

    /// <summary>Forward is paid for every layer; below the lowest trained one, nothing else is.</summary>
    [Fact]
    public void TrainingOperations_FrozenBelow_CountNoWayBack()
    {
        Network network = Network(isFrozen: true);
        long all = network.Layers.Sum(layer => layer.Operations), head = network.Layers[^1].Operations;

        Assert.Equal(all + head, network.TrainingOperations);
    }

    [Fact]
    public void Trainer_AllLayersFrozen_IsRefused()
    {
        Network network = new NetworkBuilder(Shape.Image(1, 9, 9)).Flatten().Dense(TestData.Classes).Freeze().Build();

        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => new Trainer(network, TestData.Pair(train: 60), new TrainingOptions(), new PipelineOptions()));

        Assert.Equal("Model:Layers are all Frozen, so there is nothing to train; leave Frozen out of the last one, at least.", refused.Message);
    }

    private static Network Network(bool isFrozen)
    {
        NetworkBuilder builder = new NetworkBuilder(Shape.Image(1, 9, 9))
            .Conv2d(filters: 4, kernel: 3, activation: Activation.Relu)
            .BatchNorm2d()
            .MaxPool2d(window: 2)
            .Flatten();
        return (isFrozen ? builder.Freeze() : builder).Dense(TestData.Classes, Activation.Softmax).Build();
    }

    private static float[] Values(Model.Parameters.Parameter parameter, AlignedBuffer weights) => weights.Span.Slice(parameter.Offset, parameter.Length).ToArray();
}
