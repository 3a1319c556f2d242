using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Inspection;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Tests.Inspection;

public class LayerTimerTests
{
    private const int Samples = 3;

    private static readonly Network Network = DefaultNetwork.Build();

    [Fact]
    public void Measure_Fused_TimesTheStepsThatARunHas()
    {
        IReadOnlyList<LayerTiming> timings = Measure(isFused: true, Samples);

        Assert.Equal(
            ["conv1 convpool2d", "dense1 dense", "dense1 relu", "dense1 dropout", "dense2 dense", "dense2 relu", "dense2 dropout", "dense3 dense"],
            timings.Select(timing => $"{timing.Name} {timing.Type}"));
        Assert.All(timings, timing => Assert.True(timing.Forward > 0 && timing.Total >= timing.Forward));
    }

    [Fact]
    public void Measure_Plain_TimesEachStepOfTheNetwork()
    {
        IReadOnlyList<LayerTiming> timings = Measure(isFused: false, Samples);

        Assert.Equal(Network.Layers.Select(layer => layer.Name), timings.Select(timing => timing.Name));
        Assert.Equal(["conv2d", "relu", "maxpool2d", "flatten"], timings.Take(4).Select(timing => timing.Type));
    }

    [Fact]
    public void Measure_Operations_AddUpToThoseOfATrainingStep()
    {
        long operations = Measure(isFused: true, Samples).Sum(timing =>
            timing.Operations * (1 + (timing.ParameterGradient is null ? 0 : 1) + (timing.InputGradient is null ? 0 : 1)));

        Assert.Equal(Samples * Network.TrainingOperations, operations);
    }

    [Fact]
    public void Measure_LayerThatLooksAtWholeLeaves_IsToldOfThem()
    {
        Network network = new NetworkBuilder(Shape.Image(1, 4, 4)).Conv2d(filters: 2, kernel: 3).BatchNorm2d().Flatten().Dense(units: 3).Build();

        IReadOnlyList<LayerTiming> timings = Measure(isFused: true, Samples, network, leaves: 1);

        Assert.Contains(timings, timing => timing is { Type: "batchnorm2d", ParameterGradient: not null, InputGradient: not null });
    }

    [Fact]
    public void Measure_OtherNumberOfSamples_IsRefused() => Assert.Throws<ArgumentException>(() => Measure(isFused: true, Samples - 1));

    private static IReadOnlyList<LayerTiming> Measure(bool isFused, int samples) => Measure(isFused, samples, Network, leaves: 8);

    private static IReadOnlyList<LayerTiming> Measure(bool isFused, int samples, Network network, int leaves)
    {
        LayerTimer timer = new(network, new CrossEntropy(), Samples, leaves, KernelSet.For(KernelSet.BestTier), isFused);
        AlignedBuffer images = new(samples * network.Input.Stride);
        images.Span.Fill(0.5f);
        return timer.Measure(
            new SampleRun
            {
                Images = images.Span,
                Labels = new byte[samples],
                Indices = new int[samples],
                Weights = network.Layout.Initialize(seed: 1).Span,
                IsTraining = true,
                Seed = 1,
                Epoch = 1,
            },
            steps: 2);
    }
}
