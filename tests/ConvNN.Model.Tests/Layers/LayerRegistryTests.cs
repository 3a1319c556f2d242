using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;

namespace ConvNN.Model.Tests.Layers;

public class LayerRegistryTests
{
    [Fact]
    public void Read_DefaultConfiguration_IsTheDefaultNetwork()
    {
        IReadOnlyList<LayerOptions> layers = LayerRegistry.Read(
        [
            Definition(0, ("Type", "conv2d"), ("Name", "conv1"), ("Filters", "8"), ("Kernel", "3"), ("Activation", "relu")),
            Definition(1, ("Type", "maxpool2d"), ("Window", "2")),
            Definition(2, ("Type", "flatten")),
            Definition(3, ("Type", "dense"), ("Name", "dense1"), ("Units", "128"), ("Activation", "relu"), ("Dropout", "0.25")),
            Definition(4, ("Type", "dense"), ("Name", "dense2"), ("Units", "64"), ("Activation", "relu"), ("Dropout", "0.25")),
            Definition(5, ("Type", "dense"), ("Name", "dense3"), ("Units", "10"), ("Activation", "softmax")),
        ]);

        Assert.Equal(DefaultNetwork.Build().Blocks, Network.Build(Shape.Image(1, 28, 28), layers).Blocks);
    }

    [Fact]
    public void Read_SeveralFailures_NamesAllAtOnce()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => LayerRegistry.Read(
        [
            Definition(0, ("Type", "conv2"), ("Filters", "8")),
            Definition(1, ("Name", "x")),
            Definition(2, ("Type", "dense"), ("Unitts", "3"), ("Dropout", "1")),
            Definition(3, ("Type", "conv2d"), ("Filters", "0"), ("Kernel", "3,x"), ("Activation", "tann"), ("Bias", "maybe")),
            Definition(4, ("Type", "flatten"), ("Nmae", "f")),
        ]));

        Assert.Equal(
            [
                "Model:Layers:0:Type is conv2, which is not a known layer; did you mean conv2d? (known here: conv2d, maxpool2d, averagepool2d, globalaveragepool, batchnorm2d, dense, flatten, residual, dropout, dropout2d, relu, leakyrelu, elu, gelu, silu, tanh, sigmoid, softmax).",
                "Model:Layers:1:Type is missing; it must name a known layer: conv2d, maxpool2d, averagepool2d, globalaveragepool, batchnorm2d, dense, flatten, residual, dropout, dropout2d, relu, leakyrelu, elu, gelu, silu, tanh, sigmoid, softmax.",
                "Model:Layers:2:Unitts is not known; did you mean Units? (known here: Name, Frozen, Units, Bias, Activation, Dropout, Initializer, InitialValue, Type).",
                "Model:Layers:2:Dropout is 1; it must be a number of at least 0 and below 1.",
                "Model:Layers:2:Units is missing; it must be a whole number of at least 1 (number of outputs).",
                "Model:Layers:3:Filters is 0; it must be a whole number of at least 1.",
                "Model:Layers:3:Kernel is 3,x; it must be a whole number of at least 1, or a pair of them as [height, width].",
                "Model:Layers:3:Activation is tann; it must be one of relu, leakyrelu, elu, gelu, silu, tanh, sigmoid, softmax. Did you mean tanh?",
                "Model:Layers:3:Bias is maybe; it must be true or false.",
                "Model:Layers:4:Nmae is not known; did you mean Name? (known here: Name, Frozen, Type).",
            ],
            error.Failures.Select(failure => failure.Text));
        Assert.Equal(string.Join(Environment.NewLine, error.Failures), error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("8.5")]
    [InlineData("1e999")]
    [InlineData("NaN")]
    [InlineData("true")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("2147483648")]
    [InlineData("8,8")]
    public void Read_UnitsThatAreNoWholeNumberInRange_Fails(string value) =>
        Fails($"Model:Layers:0:Units is {Shown(value)}; it must be a whole number of at least 1.", ("Type", "dense"), ("Units", value));

    [Theory]
    [InlineData("")]
    [InlineData("half")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e999")]
    [InlineData("-1e999")]
    [InlineData("-0.1")]
    [InlineData("1")]
    [InlineData("true")]
    public void Read_ShareThatIsNoNumberInRange_Fails(string value) =>
        Fails($"Model:Layers:0:Rate is {Shown(value)}; it must be a number of at least 0 and below 1.", ("Type", "dropout"), ("Rate", value));

    [Theory]
    [InlineData("0")]
    [InlineData("3,0")]
    [InlineData("3,")]
    [InlineData(",3")]
    [InlineData("3,5,7")]
    [InlineData("3x5")]
    [InlineData("")]
    public void Read_SizeThatIsNone_Fails(string value) =>
        Fails(
            $"Model:Layers:0:Window is {Shown(value)}; it must be a whole number of at least 1, or a pair of them as [height, width].",
            ("Type", "maxpool2d"),
            ("Window", value));

    [Theory]
    [InlineData("3", 3, 3)]
    [InlineData("3,5", 3, 5)]
    [InlineData(" 3 , 5 ", 3, 5)]
    [InlineData("+3", 3, 3)]
    [InlineData("3.0", 3, 3)]
    [InlineData("3e0", 3, 3)]
    public void Read_SizeAsNumberOrList_IsHeightAndWidth(string value, int height, int width) =>
        Assert.Equal(new Size2d(height, width), ((MaxPool2dOptions)ReadOne(("Type", "maxpool2d"), ("Window", value))).Window);

    [Fact]
    public void Read_KeysAndWordsInAnyCase_AreKnown() =>
        Assert.Equal(
            new DenseOptions { Name = "Top", Units = 3, Bias = false, Activation = "relu", Dropout = 0.5 },
            ReadOne(("tYPE", "DENSE"), ("name", "Top"), ("UNITS", "3"), ("bias", "FALSE"), ("activation", "ReLU"), ("dropout", "5e-1")));

    [Fact]
    public void Read_OptionsLeftOut_AreTheDefaultsOfTheOptions()
    {
        Assert.Equal(new Conv2dOptions { Filters = 2, Kernel = 3 }, ReadOne(("Type", "conv2d"), ("Filters", "2"), ("Kernel", "3")));
        Assert.Equal(new MaxPool2dOptions { Window = 2 }, ReadOne(("Type", "maxpool2d"), ("Window", "2")));
        Assert.Equal(new DenseOptions { Units = 2 }, ReadOne(("Type", "dense"), ("Units", "2")));
        Assert.Equal(new DropoutOptions { Rate = 0.5 }, ReadOne(("Type", "dropout"), ("Rate", "0.5")));
        Assert.Equal(new FlattenOptions(), ReadOne(("Type", "flatten")));
        Assert.Equal(new ReluOptions(), ReadOne(("Type", "relu")));
        Assert.Equal(new AveragePool2dOptions { Window = 2 }, ReadOne(("Type", "averagepool2d"), ("Window", "2")));
        Assert.Equal(new LeakyReluOptions(), ReadOne(("Type", "leakyrelu")));
        Assert.Equal(new EluOptions(), ReadOne(("Type", "elu")));
    }

    [Fact]
    public void Types_Names_AreUniqueAndThoseOfTheirOptions()
    {
        Assert.Equal(LayerRegistry.Types.Types.Count, LayerRegistry.Types.Names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(LayerCases.All.Values, layer => Assert.Contains(layer.Options.Type, LayerRegistry.Types.Names));
        Assert.All(LayerRegistry.Types.Types, type => Assert.All(type.Options, option => Assert.False(string.IsNullOrEmpty(option.Description))));
    }

    private static LayerOptions ReadOne(params (string Key, string Value)[] values) => LayerRegistry.Read([Definition(0, values)]).Single();

    private static void Fails(string failure, params (string Key, string Value)[] values) =>
        Assert.Equal(failure, Assert.Single(Assert.Throws<ConfigurationException>(() => ReadOne(values)).Failures).Text);

    private static string Shown(string value) => value.Length == 0 ? "empty" : value;

    private static LayerDefinition Definition(int index, params (string Key, string Value)[] values) =>
        new($"Model:Layers:{index}", values.ToDictionary(pair => pair.Key, pair => pair.Value));
}
