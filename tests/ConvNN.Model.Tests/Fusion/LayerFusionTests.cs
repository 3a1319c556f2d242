using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Tests.Layers;

namespace ConvNN.Model.Tests.Fusion;

public class LayerFusionTests
{
    private static readonly LayerOptions Convolution = new Conv2dOptions { Filters = 5, Kernel = 3 };
    private static readonly LayerOptions Halving = new MaxPool2dOptions { Window = 2 };

    /// <summary>Layers, and the steps that run for them on vectors.</summary>
    public static TheoryData<LayerOptions[], string> Networks { get; } = new()
    {
        { [Convolution, new ReluOptions(), Halving], "ConvPool2d" },
        { [Convolution, Halving, new ReluOptions()], "ConvPool2d" },
        { [new Conv2dOptions { Filters = 5, Kernel = new Size2d(2, 5), Padding = 1, Bias = false, Activation = "relu" }, Halving], "ConvPool2d" },
        { [Convolution, new ReluOptions(), Halving, Convolution, new ReluOptions(), Halving], "ConvPool2d ConvPool2d" },
        { [Convolution, new ReluOptions(), Halving, new FlattenOptions(), new DenseOptions { Units = 3 }], "ConvPool2d Dense" },
        { [Convolution, Halving], "Conv2d MaxPool2d" },
        { [Convolution, new ReluOptions()], "Conv2d Relu" },
        { [new Conv2dOptions { Filters = 5, Kernel = 3, Stride = 2, Activation = "relu" }, Halving], "Conv2d Relu MaxPool2d" },
        { [Convolution, new ReluOptions(), new MaxPool2dOptions { Window = 2, Stride = 1 }], "Conv2d Relu MaxPool2d" },
        { [Convolution, new ReluOptions(), new MaxPool2dOptions { Window = 3 }], "Conv2d Relu MaxPool2d" },
        { [new FlattenOptions(), new DenseOptions { Units = 3 }], "Dense" },
        { [new FlattenOptions()], "Flatten" },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void For_Vectors_FindsTheLayersAndKeepsTheBits(LayerOptions[] layers, string executed)
    {
        Network network = Network.Build(Shape.Image(2, 13, 14), layers);

        LayerProbe plain = new(network, ProbeValues.Sixteenths, largestWeight: 1, batch: 3, seed: 7, KernelTier.Reference);
        LayerProbe fused = new(network, ProbeValues.Sixteenths, largestWeight: 1, batch: 3, seed: 7, KernelSet.BestTier);

        Assert.Equal(network.Layers, plain.Workspace.Layers);
        Assert.Equal(executed, string.Join(' ', fused.Workspace.Layers.Select(layer => layer.GetType().Name)));
        FloatBits.AssertEqual(plain.Forward(), fused.Forward(), "outputs");
        FloatBits.AssertEqual(plain.InputGradients(plain.Workspace, 0, 3), fused.InputGradients(fused.Workspace, 0, 3), "gradients by the inputs");
        FloatBits.AssertEqual(plain.ParameterGradients(), fused.ParameterGradients(), "gradients by the parameters");
    }

    /// <summary>The same kernels, with and without fusion: what differs is the fusion alone.</summary>
    [Fact]
    public void For_DefaultNetwork_GivesTheBitsOfThePlainSteps()
    {
        Network network = DefaultNetwork.Build();
        KernelSet kernels = KernelSet.For(KernelSet.BestTier);
        LayerProbe probe = new(network, ProbeValues.Halves, largestWeight: 1, batch: 4, seed: 3, kernels.Tier);
        Workspace plain = new(network.Layers, capacity: 4, kernels);

        FloatBits.AssertEqual(probe.Forward(plain, 0, 4), probe.Forward(), "outputs");
        FloatBits.AssertEqual(probe.InputGradients(plain, 0, 4), probe.InputGradients(probe.Workspace, 0, 4), "gradients by the inputs");
    }

    [Fact]
    public void Forward_WorkspaceOfAnotherNetwork_Throws()
    {
        Network network = DefaultNetwork.Build();
        LayerProbe probe = new(network, ProbeValues.Halves, largestWeight: 1, batch: 4, seed: 3, KernelSet.BestTier);
        Workspace other = new(Network.Build(network.Input, [new FlattenOptions()]), capacity: 4, probe.Kernels);

        Assert.Throws<ArgumentException>(() => probe.Forward(other, 0, 4));
    }
}
