using ConvNN.Model.Layers;
using ConvNN.Model.Networks;

namespace ConvNN.Model.Tests.Networks;

public class NetworkBuilderTests
{
    /// <summary>Whoever builds in code has what the configuration has.</summary>
    [Fact]
    public void Build_WithEveryCall_HasEveryRegisteredLayer()
    {
        NetworkBuilder builder = new NetworkBuilder(Shape.Image(1, 12, 12))
            .Conv2d(filters: 4, kernel: 3, stride: 1, padding: 1, bias: false, activation: Activation.Relu, dilation: 1, groups: 1, initializer: "orthogonal")
            .BatchNorm2d(momentum: 0.2, epsilon: 1e-3)
            .Residual(layers: 2, Activation.Relu)
            .MaxPool2d(window: 2)
            .AveragePool2d(window: 2, stride: 1)
            .Dropout2d(rate: 0.1)
            .GlobalAveragePool()
            .Flatten()
            .Relu()
            .Dropout(rate: 0.1)
            .Dense(units: 3, dropout: 0.1, bias: false, initializer: "glorot-uniform");
        foreach (string name in Activation.Names)
        {
            builder = builder.Activate(name);
        }

        Network network = builder.Build();

        Assert.Empty(LayerRegistry.Types.Names.Except(network.Blocks.Select(block => block.Type)));
        Assert.Equal("orthogonal", network.Layout.Parameters.Single(parameter => parameter.Name == "conv1.weight").Initializer.Name);
        Assert.Equal("xavier_uniform", network.Layout.Parameters.Single(parameter => parameter.Name == "dense1.weight").Initializer.Name);
        Assert.True(network.EndsInSoftmax);
    }

    [Fact]
    public void Activate_UnknownName_NamesTheNearest()
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(() => new NetworkBuilder(Shape.Vector(3)).Activate("rellu"));

        Assert.StartsWith("Activation 'rellu' is not known; did you mean relu?", failure.Message, StringComparison.Ordinal);
    }
}
