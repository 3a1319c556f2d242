using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;

namespace ConvNN.Model.Tests.Networks;

/// <summary>Networks that cannot be built, and the line that says why.</summary>
public class NetworkMisfitTests
{
    private static readonly Shape Image = Shape.Image(1, 28, 28);

    [Fact]
    public void Build_NoLayers_Throws() =>
        Assert.Equal(
            "Model:Layers is empty; a network needs at least one layer.",
            Assert.Throws<NetworkException>(() => Network.Build(Image, [])).Message);

    public static TheoryData<string, Shape, LayerOptions[]> Misfits { get; } = new()
    {
        {
            "Model:Layers do not fit together: input 1×28×28 → conv1 8×26×26 → [dense 'dense1' ✗]: dense needs a vector but gets 8×26×26; put { \"Type\": \"flatten\" } before it.",
            Image,
            [new Conv2dOptions { Filters = 8, Kernel = 3 }, new DenseOptions { Units = 10 }]
        },
        {
            "Model:Layers do not fit together: input 1×28×28 → pool1 1×2×2 → [conv2d 'second' ✗]: conv2d needs an input at least as large as its kernel 3×3 but gets 2×2, padding included.",
            Image,
            [new MaxPool2dOptions { Window = 14 }, new Conv2dOptions { Filters = 8, Kernel = 3, Name = "second" }]
        },
        {
            "Model:Layers do not fit together: input 1×28×28 → [maxpool2d 'pool1' ✗]: maxpool2d needs an image at least as large as its window 29×1 but gets 1×28×28.",
            Image,
            [new MaxPool2dOptions { Window = new Size2d(29, 1) }]
        },
        {
            "Model:Layers do not fit together: input 784 → [conv2d 'conv1' ✗]: conv2d needs an image but gets a vector of 784; put it before the flatten layer.",
            Shape.Vector(784),
            [new Conv2dOptions { Filters = 8, Kernel = 3 }]
        },
        {
            "Model:Layers do not fit together: input 784 → dense1 10 → [relu 'relu1' ✗]: it follows 'dense1', whose softmax must come last.",
            Shape.Vector(784),
            [new DenseOptions { Units = 10, Activation = Activation.Softmax }, new ReluOptions()]
        },
        {
            "Model:Layers do not fit together: input 784 → [dense 'dense1' ✗]: no layer may follow the softmax of 'dense1': a softmax must come last.",
            Shape.Vector(784),
            [new DenseOptions { Units = 10, Activation = Activation.Softmax, Dropout = 0.5 }]
        },
        {
            "Model:Layers do not fit together: input 1×28×28 → [conv2d 'conv1' ✗]: softmax needs a vector but gets 1×26×26; end the network with a dense layer.",
            Image,
            [new Conv2dOptions { Filters = 1, Kernel = 3, Activation = Activation.Softmax }]
        },
        {
            "Model:Layers do not fit together: input 784 → dense1 10 → softmax1 10 → [dense 'dense2' ✗]: it follows 'softmax1', whose softmax must come last.",
            Shape.Vector(784),
            [new DenseOptions { Units = 10 }, new SoftmaxOptions(), new DenseOptions { Units = 10 }]
        },
        {
            "Model:Layers do not fit together: input 784 → [softmax 'softmax1' ✗]: softmax needs a layer before it whose outputs it turns into probabilities.",
            Shape.Vector(784),
            [new SoftmaxOptions()]
        },
        {
            "Model:Layers do not fit together: input 784 → [globalaveragepool 'pool1' ✗]: globalaveragepool needs an image but gets a vector of 784; put it before the flatten layer.",
            Shape.Vector(784),
            [new GlobalAveragePoolOptions()]
        },
        {
            "Model:Layers do not fit together: input 784 → [dropout2d 'dropout1' ✗]: dropout2d needs an image but gets a vector of 784; use dropout for a vector.",
            Shape.Vector(784),
            [new Dropout2dOptions { Rate = 0.5 }]
        },
        {
            "Model:Layers do not fit together: input 1×28×28 → conv1 1×26×26 → [residual 'residual1' ✗]: residual skips 2 layers, but there is 1 before it; its Layers is the number that the shortcut skips.",
            Image,
            [new Conv2dOptions { Filters = 1, Kernel = 3 }, new ResidualOptions { Layers = 2 }]
        },
        {
            "Model:Layers do not fit together: input 1×28×28 → conv1 1×26×26 → [residual 'residual1' ✗]: residual adds 1×28×28 to 1×26×26, but no 1×1 convolution converts one into the other; keep height and width, or use a stride.",
            Image,
            [new Conv2dOptions { Filters = 1, Kernel = 3 }, new ResidualOptions { Layers = 1 }]
        },
        {
            "Model:Layers do not fit together: input 784 → a 10 → [dense 'A' ✗]: another layer has the same name; names must be unique.",
            Shape.Vector(784),
            [new DenseOptions { Units = 10, Name = "a" }, new DenseOptions { Units = 10, Name = "A" }]
        },
        {
            "Model:Layers do not fit together: input 784 → [dense 'dense1' ✗]: dense 2000000000 is larger than this program can hold (2³¹ − 1 values).",
            Shape.Vector(784),
            [new DenseOptions { Units = 2_000_000_000 }]
        },
        {
            "Model:Layers do not fit together: input 1×28×28 → conv1 6×26×26 → [conv2d 'conv2' ✗]: conv2d needs Groups that divide both its 6 channels and its 8 filters but gets 3.",
            Image,
            [new Conv2dOptions { Filters = 6, Kernel = 3 }, new Conv2dOptions { Filters = 8, Kernel = 3, Groups = 3 }]
        },
        {
            "Model:Layers do not fit together: input 1×28×28 → [conv2d 'conv1' ✗]: conv2d needs an input at least as large as its kernel 3×3, 31×3 with its dilation, but gets 28×28, padding included.",
            Image,
            [new Conv2dOptions { Filters = 6, Kernel = 3, Dilation = new Size2d(15, 1) }]
        },
        {
            "Model:Layers do not fit together: input 1×300×300 → [maxpool2d 'pool1' ✗]: maxpool2d takes windows of up to 65,536 values but gets 257×256.",
            Shape.Image(1, 300, 300),
            [new MaxPool2dOptions { Window = new Size2d(257, 256) }]
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
    public void Name_UnfitForAFile_ThrowsInOneLine(string name)
    {
        string message = Assert.Throws<ConfigurationException>(() => new FlattenOptions { Name = name }).Message;

        Assert.EndsWith("it must have 1 to 64 letters, digits, _ or -, since tensors in files are named after it.", message, StringComparison.Ordinal);
        Assert.True(!message.Any(char.IsControl) && message.Length < 250, $"expected one short line, actual {message}");
    }

    /// <summary>Code meets the rules of the configuration, as soon as a value is set.</summary>
    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void Options_OutOfRange_AreRefusedByTheRuleOfTheConfiguration(string message, Func<LayerOptions> create) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(create).Message);

    public static TheoryData<string, Func<LayerOptions>> OutOfRange { get; } = new()
    {
        { "leakyrelu:Slope is 1.5; it must be a number of at least 0 and below 1.", () => new LeakyReluOptions { Slope = 1.5 } },
        { "conv2d:Filters is 0; it must be a whole number of at least 1.", () => new Conv2dOptions { Filters = 0, Kernel = 3 } },
        { "conv2d:Stride is 0×0; it must be a whole number of at least 1, or a pair of them as [height, width].", () => new Conv2dOptions { Filters = 1, Kernel = 3, Stride = 0 } },
        { "conv2d:Padding is 0×-1; it must be a whole number of at least 0, or a pair of them as [height, width].", () => new Conv2dOptions { Filters = 1, Kernel = 3, Padding = new Size2d(0, -1) } },
        { "maxpool2d:Stride is 2×0; it must be a whole number of at least 1, or a pair of them as [height, width].", () => new MaxPool2dOptions { Window = 2, Stride = new Size2d(2, 0) } },
        { "dense:Units is -3; it must be a whole number of at least 1.", () => new DenseOptions { Units = -3 } },
        { "dense:Dropout is NaN; it must be a number of at least 0 and below 1.", () => new DenseOptions { Units = 3, Dropout = double.NaN } },
        { "dropout:Rate is 1; it must be a number of at least 0 and below 1.", () => new DropoutOptions { Rate = 1 } },
        {
            $"dense:Activation is rellu; it must be one of {string.Join(", ", Activation.Names)}. Did you mean relu?",
            () => new DenseOptions { Units = 10, Activation = "rellu" }
        },
    };

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
}
