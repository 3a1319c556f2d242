using ConvNN.Kernels;
using ConvNN.Model.Layers;
using ConvNN.Model.Tests.Layers;

namespace ConvNN.Model.Tests;

public class NetworkTests
{
    private static readonly Shape Image = Shape.Image(1, 28, 28);

    /// <summary>
    /// As for single layers, sums are exact and the difference quotient is the gradient, except where the step crosses a
    /// kink. There the quotients of two steps, or of the two sides, differ, and the number is left out.
    /// </summary>
    [Fact]
    public void Backward_DefaultNetworkShrunk_EqualsCentralDifferences()
    {
        LayerProbe probe = new(DefaultNetwork.Shrunk(), ProbeValues.Sixteenths, largestWeight: 1, batch: 4, seed: 3, KernelSet.BestTier);
        float[] gradient = probe.Gradients();
        double loss = probe.LossWith(0, 0);
        int smooth = 0, alive = 0;
        for (int i = 0; i < probe.Count; i++)
        {
            const float step = 1f / 32;
            (double left, double right) = (loss - probe.LossWith(i, -step), probe.LossWith(i, +step) - loss);
            (double nearLeft, double nearRight) = (loss - probe.LossWith(i, -step / 2), probe.LossWith(i, +step / 2) - loss);
            if (left == right && nearLeft == nearRight && left == 2 * nearLeft)
            {
                smooth++;
                alive += gradient[i] != 0 ? 1 : 0;
                Assert.True(
                    left / step == gradient[i],
                    $"dLoss/d{probe.NameOf(i)} is {gradient[i]:g9} from Backward but {left / step:g9} from central differences.");
            }
        }

        Assert.True(smooth >= 0.9 * probe.Count, $"only {smooth} of {probe.Count} numbers are away from kinks.");
        Assert.True(alive >= 0.2 * probe.Count, $"only {alive} of {probe.Count} gradients are not zero.");
    }

    [Fact]
    public void ForwardAndBackward_DefaultNetwork_HasTheReferencesBitsOnEveryTier()
    {
        Network network = DefaultNetwork.Build();
        (float[] y, float[] gradient) = Step(network, KernelTier.Reference);
        foreach (KernelTier tier in Enum.GetValues<KernelTier>())
        {
            (float[] actualOutputs, float[] actualGradient) = Step(network, tier);
            FloatBits.AssertEqual(y, actualOutputs, $"{tier}, outputs");
            FloatBits.AssertEqual(gradient, actualGradient, $"{tier}, gradient");
        }
    }

    /// <summary>Whoever fills the gradient by the outputs writes the classes; what lies between the samples must not matter.</summary>
    [Fact]
    public void Backward_GarbageBetweenTheOutputGradients_ChangesNothing()
    {
        Network network = DefaultNetwork.Build();

        FloatBits.AssertEqual(Step(network, KernelSet.BestTier).Gradient, Step(network, KernelSet.BestTier, padding: float.NaN).Gradient, "gradient");
    }

    [Fact]
    public void Backward_SubtreesOfTwoWorkers_JoinToTheOneSum()
    {
        Network network = DefaultNetwork.Build();
        Batch batch = new(network, samples: 5);
        float[] whole = batch.Gradient(network, 0, 5, [(0, 8)])[0];
        float[] left = batch.Gradient(network, 0, 2, [(0, 4)])[0], right = batch.Gradient(network, 2, 5, [(4, 8)])[0];

        FloatBits.AssertEqual(whole, [.. left.Zip(right, (a, b) => a + b)], "gradient");
    }

    [Fact]
    public void Backward_NetworkWithoutParameters_DoesNothing()
    {
        Network network = Network.Build(Shape.Vector(3), [new ReluOptions()]);
        Batch batch = new(network, samples: 2);

        Assert.Empty(batch.Gradient(network, 0, 2, [(0, 8)])[0]);
        Assert.Equal(0, network.Layout.Length);
    }

    [Fact]
    public void Build_DefaultNetwork_HasTheFiguresOfItsTable()
    {
        Network network = DefaultNetwork.Build();

        Assert.Equal(
            [
                ("conv1", "8 of 3×3, relu", "8×26×26", 80L, 97_344L),
                ("pool1", "2×2", "8×13×13", 0L, 0L),
                ("flatten1", "", "1352", 0L, 0L),
                ("dense1", "128, relu, dropout 0.25", "128", 173_184L, 346_112L),
                ("dense2", "64, relu, dropout 0.25", "64", 8_256L, 16_384L),
                ("dense3", "10, softmax", "10", 650L, 1_280L),
            ],
            network.Blocks.Select(block => (block.Name, block.Summary, block.Output.ToString(), block.ParameterCount, block.Operations)));
        Assert.Equal(182_170, network.Layout.TrainedCount);
        Assert.True(network.EndsInSoftmax);
        Assert.Equal(Enumerable.Range(0, 11), network.Layers.Select(layer => layer.Ordinal));
    }

    [Fact]
    public void Build_NamelessLayersAmongNamedOnes_AreNumberedAroundThem()
    {
        Network network = Network.Build(
            Shape.Vector(4),
            [
                new DenseOptions { Units = 4 },
                new DenseOptions { Units = 4, Name = "Dense2" },
                new DenseOptions { Units = 4 },
                new DenseOptions { Units = 4, Name = "DENSE1" },
                new ReluOptions(),
                new DropoutOptions { Rate = 0.5 },
            ]);

        Assert.Equal(["dense3", "Dense2", "dense4", "DENSE1", "relu1", "dropout1"], network.Blocks.Select(block => block.Name));
    }

    [Fact]
    public void Build_SoftmaxAsALayer_EndsTheNetworkAsTheActivationDoes()
    {
        Network network = new NetworkBuilder(Shape.Vector(4)).Dense(units: 3).Activate(Activation.Softmax).Build();

        Assert.True(network.EndsInSoftmax);
        Assert.Single(network.Layers);
        Assert.Equal(["dense1", "softmax1"], network.Blocks.Select(block => block.Name));
    }

    [Fact]
    public void Build_NoLayers_Throws() =>
        Assert.Equal(
            "Model:Layers is empty; a network needs at least one layer.",
            Assert.Throws<NetworkException>(() => Network.Build(Image, [])).Message);

    public static TheoryData<string, Shape, LayerOptions[]> Misfits { get; } = new()
    {
        {
            "Model:Layers do not fit: input 1×28×28 → conv1 8×26×26 → [dense 'dense1' ✗]: dense needs a vector but gets 8×26×26; put { \"Type\": \"flatten\" } before it.",
            Image,
            [new Conv2dOptions { Filters = 8, Kernel = 3 }, new DenseOptions { Units = 10 }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → pool1 1×2×2 → [conv2d 'second' ✗]: conv2d needs an input of at least its kernel 3×3 but gets 2×2, padding included.",
            Image,
            [new MaxPool2dOptions { Window = 14 }, new Conv2dOptions { Filters = 8, Kernel = 3, Name = "second" }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → [maxpool2d 'pool1' ✗]: maxpool2d needs an image of at least its window 29×1 but gets 1×28×28.",
            Image,
            [new MaxPool2dOptions { Window = new Size2d(29, 1) }]
        },
        {
            "Model:Layers do not fit: input 784 → [conv2d 'conv1' ✗]: conv2d needs an image but gets a vector of 784; it belongs before the flatten.",
            Shape.Vector(784),
            [new Conv2dOptions { Filters = 8, Kernel = 3 }]
        },
        {
            "Model:Layers do not fit: input 784 → dense1 10 → [relu 'relu1' ✗]: it stands behind 'dense1', whose softmax must be the end of the network.",
            Shape.Vector(784),
            [new DenseOptions { Units = 10, Activation = Activation.Softmax }, new ReluOptions()]
        },
        {
            "Model:Layers do not fit: input 784 → [dense 'dense1' ✗]: what follows the softmax of 'dense1' has no place: a softmax must be the end of the network.",
            Shape.Vector(784),
            [new DenseOptions { Units = 10, Activation = Activation.Softmax, Dropout = 0.5 }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → [conv2d 'conv1' ✗]: softmax needs a vector but gets 1×26×26; end the network in a dense layer.",
            Image,
            [new Conv2dOptions { Filters = 1, Kernel = 3, Activation = Activation.Softmax }]
        },
        {
            "Model:Layers do not fit: input 784 → dense1 10 → softmax1 10 → [dense 'dense2' ✗]: it stands behind 'softmax1', whose softmax must be the end of the network.",
            Shape.Vector(784),
            [new DenseOptions { Units = 10 }, new SoftmaxOptions(), new DenseOptions { Units = 10 }]
        },
        {
            "Model:Layers do not fit: input 784 → [softmax 'softmax1' ✗]: softmax needs a layer before it whose outputs it turns into probabilities.",
            Shape.Vector(784),
            [new SoftmaxOptions()]
        },
        {
            "Model:Layers do not fit: input 784 → [globalaveragepool 'pool1' ✗]: globalaveragepool needs an image but gets a vector of 784; it belongs before the flatten.",
            Shape.Vector(784),
            [new GlobalAveragePoolOptions()]
        },
        {
            "Model:Layers do not fit: input 784 → [dropout2d 'dropout1' ✗]: dropout2d needs an image but gets a vector of 784; dropout drops the values of a vector.",
            Shape.Vector(784),
            [new Dropout2dOptions { Rate = 0.5 }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → conv1 1×26×26 → [residual 'residual1' ✗]: residual goes around 2 layers, but there is 1 before it; its Layers counts those that the shortcut goes around.",
            Image,
            [new Conv2dOptions { Filters = 1, Kernel = 3 }, new ResidualOptions { Layers = 2 }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → conv1 1×26×26 → [residual 'residual1' ✗]: residual adds 1×28×28 to 1×26×26, and no 1×1 convolution makes one of the other; let the layers keep height and width, or divide them by a stride.",
            Image,
            [new Conv2dOptions { Filters = 1, Kernel = 3 }, new ResidualOptions { Layers = 1 }]
        },
        {
            "Model:Layers do not fit: input 784 → [leakyrelu 'leakyrelu1' ✗]: leakyrelu takes a slope of at least 0 and below 1 but gets 1.5.",
            Shape.Vector(784),
            [new LeakyReluOptions { Slope = 1.5 }]
        },
        {
            "Model:Layers do not fit: input 784 → [dense 'dense1' ✗]: Activation 'rellu' is not known; did you mean relu? (known here: relu, leakyrelu, elu, gelu, silu, tanh, sigmoid, softmax).",
            Shape.Vector(784),
            [new DenseOptions { Units = 10, Activation = "rellu" }]
        },
        {
            "Model:Layers do not fit: input 784 → a 10 → [dense 'A' ✗]: another layer has the same name; names must differ.",
            Shape.Vector(784),
            [new DenseOptions { Units = 10, Name = "a" }, new DenseOptions { Units = 10, Name = "A" }]
        },
        {
            "Model:Layers do not fit: input 784 → [dense 'dense1' ✗]: dense 2000000000 is larger than this program can hold (2³¹ − 1 values).",
            Shape.Vector(784),
            [new DenseOptions { Units = 2_000_000_000 }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → conv1 6×26×26 → [conv2d 'conv2' ✗]: conv2d takes Groups that divide its 6 channels and its 8 filters but gets 3.",
            Image,
            [new Conv2dOptions { Filters = 6, Kernel = 3 }, new Conv2dOptions { Filters = 8, Kernel = 3, Groups = 3 }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → [conv2d 'conv1' ✗]: conv2d needs an input of at least its kernel 3×3, 31×3 with its dilation, but gets 28×28, padding included.",
            Image,
            [new Conv2dOptions { Filters = 6, Kernel = 3, Dilation = new Size2d(15, 1) }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → [conv2d 'conv1' ✗]: conv2d takes filters of at least 1 but gets 0.",
            Image,
            [new Conv2dOptions { Filters = 0, Kernel = 3 }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → [conv2d 'conv1' ✗]: conv2d takes a stride of at least 1 but gets 0×0.",
            Image,
            [new Conv2dOptions { Filters = 1, Kernel = 3, Stride = 0 }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → [conv2d 'conv1' ✗]: conv2d takes a padding of at least 0 but gets 0×-1.",
            Image,
            [new Conv2dOptions { Filters = 1, Kernel = 3, Padding = new Size2d(0, -1) }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → [conv2d 'conv1' ✗]: conv2d takes a kernel of at least 1 but gets 0×3.",
            Image,
            [new Conv2dOptions { Filters = 1, Kernel = new Size2d(0, 3) }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → [maxpool2d 'pool1' ✗]: maxpool2d takes a window of at least 1 but gets 0×0.",
            Image,
            [new MaxPool2dOptions { Window = 0 }]
        },
        {
            "Model:Layers do not fit: input 1×28×28 → [maxpool2d 'pool1' ✗]: maxpool2d takes a stride of at least 1 but gets 2×0.",
            Image,
            [new MaxPool2dOptions { Window = 2, Stride = new Size2d(2, 0) }]
        },
        {
            "Model:Layers do not fit: input 1×300×300 → [maxpool2d 'pool1' ✗]: maxpool2d takes windows of up to 65,536 values but gets 257×256.",
            Shape.Image(1, 300, 300),
            [new MaxPool2dOptions { Window = new Size2d(257, 256) }]
        },
        {
            "Model:Layers do not fit: input 784 → [dense 'dense1' ✗]: dense takes units of at least 1 but gets -3.",
            Shape.Vector(784),
            [new DenseOptions { Units = -3 }]
        },
        {
            "Model:Layers do not fit: input 784 → [dense 'dense1' ✗]: dropout takes a share of at least 0 and below 1 but gets NaN.",
            Shape.Vector(784),
            [new DenseOptions { Units = 3, Dropout = double.NaN }]
        },
        {
            "Model:Layers do not fit: input 784 → [dense 'dense1' ✗]: dropout takes a share of at least 0 and below 1 but gets -0.5.",
            Shape.Vector(784),
            [new DenseOptions { Units = 3, Dropout = -0.5 }]
        },
        {
            "Model:Layers do not fit: input 784 → [dropout 'dropout1' ✗]: dropout takes a share of at least 0 and below 1 but gets 1.",
            Shape.Vector(784),
            [new DropoutOptions { Rate = 1 }]
        },
    };

    [Theory]
    [MemberData(nameof(Misfits), DisableDiscoveryEnumeration = true)]
    public void Build_Misfit_ShowsTheChainOfShapesWithTheLayerMarked(string message, Shape input, LayerOptions[] layers) =>
        Assert.Equal(message, Assert.Throws<NetworkException>(() => Network.Build(input, layers)).Message);

    [Theory]
    [InlineData("../x")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("größe")]
    [InlineData("a\nb\r\u0085")]
    [InlineData("a1234567890123456789012345678901234567890123456789012345678901234")]
    public void Build_NameUnfitForAFile_ThrowsInOneLine(string name)
    {
        string message = Assert.Throws<NetworkException>(() => Network.Build(Image, [new FlattenOptions { Name = name }])).Message;

        Assert.EndsWith("a layer's name has 1 to 64 letters, digits, _ or -, since tensors in files are called by it.", message, StringComparison.Ordinal);
        Assert.True(!message.Any(char.IsControl) && message.Length < 250, $"expected one short line, actual {message}");
    }

    public static TheoryData<LayerOptions[]> Huge { get; } = new()
    {
        new LayerOptions[] { new Conv2dOptions { Filters = int.MaxValue, Kernel = 1 } },
        new LayerOptions[] { new Conv2dOptions { Filters = 1, Kernel = 1, Padding = int.MaxValue } },
        new LayerOptions[] { new Conv2dOptions { Filters = 1, Kernel = 3, Padding = new Size2d(0, int.MaxValue) } },     // wraps to −2
        new LayerOptions[] { new Conv2dOptions { Filters = 1, Kernel = 3, Padding = 1 << 30 } },                         // wraps to −2³¹
        new LayerOptions[] { new Conv2dOptions { Filters = 1, Kernel = new Size2d(65_536, 65_537), Padding = 40_000 } }, // taps wrap to 65,536
        new LayerOptions[] { new Conv2dOptions { Filters = 1, Kernel = 1, Padding = 20_000 } },                          // scratch
        new LayerOptions[] { new Conv2dOptions { Filters = 500_000, Kernel = 28 } },                                     // scratch of the weight gradient
        new LayerOptions[] { new FlattenOptions(), new DenseOptions { Units = int.MaxValue } },
        new LayerOptions[] { new FlattenOptions(), new DenseOptions { Units = int.MaxValue, Bias = false } },
        // 16 · 134,217,727 floats: below 2³¹, and a little more than an array holds
        new LayerOptions[] { new MaxPool2dOptions { Window = 7 }, new FlattenOptions(), new DenseOptions { Units = 134_217_727, Bias = false } },
        new LayerOptions[] { new FlattenOptions(), new DenseOptions { Units = 1_500_000 }, new DenseOptions { Units = 1_000 } },
    };

    [Theory]
    [MemberData(nameof(Huge), DisableDiscoveryEnumeration = true)]
    public void Build_LayerThatNoBufferHolds_ThrowsBeforeItAllocates(LayerOptions[] layers)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();

        string message = Assert.Throws<NetworkException>(() => Network.Build(Image, layers)).Message;

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.EndsWith("is larger than this program can hold (2³¹ − 1 values).", message, StringComparison.Ordinal);
        Assert.True(allocated < 1 << 20, $"expected no buffers, actual {allocated} bytes.");
    }

    /// <summary>Dropout keeps four bytes a value: more than an array holds although the image itself fits.</summary>
    [Fact]
    public void Build_StepWhoseSavedBytesOverflow_Throws() =>
        Assert.Throws<NetworkException>(() => Network.Build(Shape.Vector(1 << 29), [new DropoutOptions { Rate = 0.5 }]));

    private static (float[] Outputs, float[] Gradient) Step(Network network, KernelTier tier, float padding = 0)
    {
        Batch batch = new(network, samples: 5) { Tier = tier, Padding = padding };
        return (batch.Outputs(network), batch.Gradient(network, 0, 5, [(0, 8)])[0]);
    }

    /// <summary>Random images with the weights of seed 1, and gradients by the outputs that are random too.</summary>
    private sealed class Batch
    {
        private readonly float[] _images, _weights, _deltas;
        private readonly int _samples;

        public Batch(Network network, int samples)
        {
            Random random = new(5);
            _samples = samples;
            _images = Rows(network.Input);
            _deltas = Rows(network.Output);
            _weights = network.Layout.Initialize(seed: 1).Span.ToArray();

            float[] Rows(Shape shape) =>
                [.. Enumerable.Range(0, samples * shape.Stride).Select(i => i % shape.Stride < shape.Count ? (2 * random.NextSingle()) - 1 : 0f)];
        }

        public KernelTier Tier { get; init; } = KernelSet.BestTier;

        public float Padding { get; init; }

        public float[] Outputs(Network network) => [.. network.Forward(Run(network, 0, _samples), NewWorkspace(network))];

        public float[][] Gradient(Network network, int first, int end, (int Lo, int Hi)[] subtrees)
        {
            Workspace workspace = NewWorkspace(network);
            SubtreeGradient[] gradients = [.. subtrees.Select(s => new SubtreeGradient(s.Lo, s.Hi, network.Layout.TrainedLength))];
            foreach (SubtreeGradient gradient in gradients)
            {
                gradient.Cut(new LeafCut(_samples, 8), first);
            }

            SampleRun run = Run(network, first, end);
            network.Forward(run, workspace);
            Span<float> dy = workspace.OutputGradient(end - first);
            dy.Fill(Padding);
            for (int n = first; n < end; n++)
            {
                _deltas.AsSpan(n * network.Output.Stride, network.Output.Count).CopyTo(dy[((n - first) * network.Output.Stride)..]);
            }

            network.Backward(run, workspace, gradients);
            return [.. gradients.Select(gradient => gradient.Values.ToArray())];
        }

        private Workspace NewWorkspace(Network network) => new(network, _samples, KernelSet.For(Tier));

        private SampleRun Run(Network network, int first, int end) => new()
        {
            Images = _images.AsSpan((first * network.Input.Stride)..(end * network.Input.Stride)),
            Labels = new byte[end - first],
            Indices = Enumerable.Range(100 + first, end - first).ToArray(),
            Weights = _weights,
            IsTraining = true,
            Seed = 1,
            Epoch = 2,
        };
    }
}
