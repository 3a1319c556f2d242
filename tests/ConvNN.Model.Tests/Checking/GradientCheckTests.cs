using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Checking;
using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;
using ConvNN.Model.Tests.Layers;

namespace ConvNN.Model.Tests.Checking;

public class GradientCheckTests
{
    private const int Samples = 3;

    public static TheoryData<string> Names { get; } = [.. LayerCases.All.Keys];

    [Theory]
    [InlineData(KernelTier.Reference)]
    [InlineData(KernelTier.Vector128)]
    [InlineData(KernelTier.Vector512)]
    public void Run_EveryKindOfLayer_AgreesOnEveryTensor(KernelTier tier)
    {
        Network network = new NetworkBuilder(Shape.Image(2, 9, 8))
            .Conv2d(filters: 3, kernel: 3, padding: 1, activation: Activation.Relu)
            .MaxPool2d(window: new Size2d(3, 2))
            .Conv2d(filters: 4, kernel: 2, stride: new Size2d(1, 2), bias: false)
            .Relu()
            .Dropout(0.25)
            .Flatten()
            .Dense(units: 17, activation: Activation.Relu, dropout: 0.5)
            .Dense(units: 5, activation: Activation.Softmax)
            .Build();

        IReadOnlyList<TensorCheck> results = Run(network, tier: tier);

        Assert.Equal(
            ["conv1.weight", "conv1.bias", "conv2.weight", "dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"],
            results.Select(result => result.Parameter.Name));
        Assert.All(results, result =>
        {
            Assert.True(result.IsRight, $"{result.Worst}: {result.LargestDifference:g3}, {result.Tolerance:g3} are allowed.");
            Assert.True(result.Scale > 0, result.Parameter.Name);
            Assert.InRange(result.Tolerance, 1e-6, 1e-3);
        });
    }

    /// <summary>Before a batch norm a bias has no gradient; through it every sample of the leaf has to do with every other.</summary>
    [Fact]
    public void Run_BatchNormAndSmoothActivations_AgreesOnEveryTensor()
    {
        Network network = new NetworkBuilder(Shape.Image(2, 6, 7))
            .Conv2d(filters: 4, kernel: 3, groups: 2)
            .BatchNorm2d()
            .Activate(Activation.Gelu)
            .Conv2d(filters: 3, kernel: 3, padding: 2, dilation: 2, bias: false)
            .BatchNorm2d()
            .Relu()
            .Residual(layers: 3)
            .Conv2d(filters: 3, kernel: 1, activation: Activation.Silu)
            .Residual(layers: 1)
            .AveragePool2d(window: 2, stride: 1)
            .Flatten()
            .Dense(units: 6, activation: Activation.Elu)
            .Dense(units: 5, activation: Activation.Softmax)
            .Build();

        Assert.All(Run(network), result => Assert.True(result.IsRight, $"{result.Worst}: {result.LargestDifference:g3}, {result.Tolerance:g3} are allowed."));
    }

    /// <summary>Through a frozen batch norm, whose running statistics are constants, and a frozen dense layer the gradient goes on down; they get none themselves.</summary>
    [Fact]
    public void Run_FrozenLayersBetweenTrainedOnes_AgreesOnEveryTrainedTensor()
    {
        Network network = new NetworkBuilder(Shape.Image(2, 6, 7))
            .Conv2d(filters: 4, kernel: 3)
            .Add(new BatchNorm2dOptions { Frozen = true })
            .Flatten()
            .Add(new DenseOptions { Units = 7, Activation = Activation.Gelu, Frozen = true })
            .Dense(units: 5, activation: Activation.Softmax)
            .Build();

        IReadOnlyList<TensorCheck> results = Run(network);

        Assert.Equal(["conv1.weight", "conv1.bias", "dense2.weight", "dense2.bias"], results.Select(result => result.Parameter.Name));
        Assert.All(results, result => Assert.True(result.IsRight && result.Scale > 0, $"{result.Worst}: {result.LargestDifference:g3}, {result.Tolerance:g3} are allowed."));
    }

    [Theory]
    [InlineData(1f, true)]
    [InlineData(1.001f, false)]
    [InlineData(-1f, false)]
    [InlineData(0f, false)]
    [InlineData(float.NaN, false)]
    public void Run_WrongGradientByTheWeights_IsCaughtThereAlone(float factor, bool isRight)
    {
        IReadOnlyList<TensorCheck> results = Run(Around(new CrookedOptions { WeightFactor = factor }));

        Assert.All(results, result => Assert.Equal(isRight || result.Parameter.Key.Layer != "crooked1", result.IsRight));
    }

    [Theory]
    [InlineData(1.001f)]
    [InlineData(-1f)]
    [InlineData(0f)]
    public void Run_WrongGradientByTheInput_IsCaughtInTheTensorsBefore(float factor)
    {
        IReadOnlyList<TensorCheck> results = Run(Around(new CrookedOptions { InputFactor = factor }));

        Assert.All(results, result => Assert.Equal(result.Parameter.Key.Layer != "dense1", result.IsRight));
    }

    [Fact]
    public void Run_KinkBetweenThePoints_IsLeftOutAndCounted()
    {
        // Two rectifiers: one a millionth from its kink, nearer than the points are; one well away.
        Network network = Kinked();

        TensorCheck weight = Run(network, image: [1f], weights: [1e-6f, 0.5f])[0];
        TensorCheck bothOnKinks = Run(network, image: [1f], weights: [1e-6f, -1e-6f])[0];

        Assert.Equal((1, 1, true), (weight.Checked, weight.Kinks, weight.IsRight));
        Assert.Equal((0, 2, false), (bothOnKinks.Checked, bothOnKinks.Kinks, bothOnKinks.IsRight));
    }

    [Fact]
    public void Run_SampleOnAKink_IsLeftOutAndCounted()
    {
        // 1 + 1e-9 − 1, in the order of the one sum, is 0 in single precision and above it in double: the rectifier is off in one and on in the other.
        Network network = new NetworkBuilder(Shape.Vector(3)).Dense(units: 1, activation: Activation.Relu, bias: false).Dense(2, Activation.Softmax).Build();
        float[] weights = new float[network.Layout.Length];
        new[] { 1f, -1f, 1e-9f }.CopyTo(weights, 0);
        GradientCheck check = new(network, new CrossEntropy(), KernelSet.For(KernelTier.Reference));

        check.Run(RunOf(network, [1f, 1f, 1f], weights, count: 1), coordinates: 8, TestContext.Current.CancellationToken);

        Assert.Equal(1, check.SamplesOnKinks);
    }

    [Fact]
    public void Run_ManyCoordinates_ComparesSpreadAndLargestOnes()
    {
        Network network = new NetworkBuilder(Shape.Vector(100)).Dense(units: 40, activation: Activation.Relu).Dense(3, Activation.Softmax).Build();

        IReadOnlyList<TensorCheck> results = Run(network, coordinates: 20);

        Assert.InRange(results[0].Checked + results[0].Kinks, 11, 20);
        Assert.Equal(3, results[^1].Checked);
    }

    [Fact]
    public void Run_Cancelled_Throws()
    {
        Network network = Kinked();
        using CancellationTokenSource stop = new();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() =>
            new GradientCheck(network, new CrossEntropy(), KernelSet.For(KernelTier.Reference))
                .Run(RunOf(network, [1f], new float[network.Layout.Length], count: 1), coordinates: 8, stop.Token));
    }

    [Fact]
    public void LeaveKinks_Weights_LeavesNoneAtZeroAndNoOtherChanged()
    {
        ParameterLayout layout = Kinked().Layout;
        float[] weights = layout.Initialize(1).Span.ToArray();
        float[] before = [.. weights];

        GradientCheck.LeaveKinks(layout, weights);

        for (int i = 0; i < weights.Length; i++)
        {
            bool isPadding = layout.Describe(i).StartsWith("padding", StringComparison.Ordinal);
            bool isMoved = before[i] == 0 && !isPadding;
            Assert.True(isMoved ? weights[i] != 0 && Math.Abs(weights[i]) <= 0.05f : weights[i] == before[i], $"{layout.Describe(i)} is {weights[i]}.");
        }

        Assert.Contains(before, weight => weight == 0);
    }

    /// <summary>The probe's arithmetic is exact for most layers, so that single and double precision give the same numbers; others round a few times.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Define_EveryLayer_EqualsForward(string name)
    {
        LayerProbe probe = LayerCases.All[name].CreateProbe(Samples, seed: 42);
        foreach (bool isTraining in (bool[])[true, false])
        {
            float[] actual = probe.Forward(isTraining);
            foreach ((int n, double[] expected) in probe.Define(isTraining).Index())
            {
                for (int i = 0; i < expected.Length; i++)
                {
                    double tolerance = LayerCases.All[name].IsExact ? 0 : 8.0 / (1 << 24) * Math.Max(1, Math.Abs(expected[i]));
                    Assert.Equal(expected[i], actual[(n * probe.Network.Output.Stride) + i], tolerance);
                }
            }
        }
    }

    private static Network Kinked() =>
        new NetworkBuilder(Shape.Vector(1)).Dense(units: 2, activation: Activation.Relu, bias: false).Dense(2, Activation.Softmax).Build();

    private static Network Around(LayerOptions layer) =>
        new NetworkBuilder(Shape.Vector(6)).Dense(units: 7).Add(layer).Dense(units: 3, activation: Activation.Softmax).Build();

    private static IReadOnlyList<TensorCheck> Run(Network network, int coordinates = 1000, KernelTier tier = KernelTier.Reference)
    {
        Random random = new(5);
        float[] images = new float[Samples * network.Input.Stride];
        for (int i = 0; i < images.Length; i++)
        {
            images[i] = i % network.Input.Stride < network.Input.Count ? random.NextSingle() : 0;
        }

        float[] weights = network.Layout.Initialize(3).Span.ToArray();
        GradientCheck.LeaveKinks(network.Layout, weights);
        GradientCheck check = new(network, new CrossEntropy(), KernelSet.For(tier));
        return check.Run(RunOf(network, images, weights, Samples), coordinates, TestContext.Current.CancellationToken);
    }

    /// <summary>One sample through a network whose first tensor has the given weights, a row each.</summary>
    private static IReadOnlyList<TensorCheck> Run(Network network, float[] image, float[] weights)
    {
        float[] all = network.Layout.Initialize(3).Span.ToArray();
        for (int row = 0; row < weights.Length; row++)
        {
            network.Layout.Parameters[0].Row(all.AsSpan(), row)[0] = weights[row];
        }

        GradientCheck check = new(network, new CrossEntropy(), KernelSet.For(KernelTier.Reference));
        return check.Run(RunOf(network, image, all, count: 1), coordinates: 8, TestContext.Current.CancellationToken);
    }

    private static SampleRun RunOf(Network network, float[] images, float[] weights, int count)
    {
        float[] padded = new float[count * network.Input.Stride];
        images.CopyTo(padded, 0);
        return new SampleRun
        {
            Images = padded,
            Labels = new byte[count],
            Indices = Enumerable.Range(0, count).ToArray(),
            Weights = weights,
            IsTraining = true,
            Seed = 3,
            Epoch = 1,
        };
    }
}
