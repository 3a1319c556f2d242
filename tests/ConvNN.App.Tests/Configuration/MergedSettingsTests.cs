using ConvNN.App.Configuration;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Options;

namespace ConvNN.App.Tests.Configuration;

/// <summary>Variables and options laid over a file: layers by index and by name, new types, lists and null.</summary>
public class MergedSettingsTests
{
    private const string Nameless = """
        { "Model": { "Layers": [
            { "Type": "conv2d", "Filters": 2, "Kernel": [3, 5] }, { "Type": "conv2d", "Name": "top", "Filters": 4, "Kernel": 3 },
            { "Type": "flatten" }, { "Type": "dense", "Units": 10 }] } }
        """;

    [Theory]
    [InlineData("Model:Layers:0:Filters")]
    [InlineData("Model:Layers:conv1:Filters")]
    [InlineData("model:layers:CONV1:filters")]
    public void Read_ValueOfALayer_IsFoundByIndexAndByName(string key)
    {
        RunConfiguration bySet = Sources.Read(commandLine: [new(key, "16")]);
        RunConfiguration byVariable = Sources.Read(environment: new() { [EnvironmentSettings.VariableOf(key)] = "16" });

        Assert.Equal(16, Assert.IsType<Conv2dOptions>(bySet.Layers[0]).Filters);
        Assert.Equal(6, bySet.Layers.Count);
        Sources.AssertEqual(bySet, byVariable);
    }

    [Fact]
    public void Read_NamelessLayer_HasTheNameThatTheTableShows()
    {
        IReadOnlyList<LayerOptions> layers = Sources.Read(Nameless, commandLine: [new("Model:Layers:conv1:Filters", "7"), new("Model:Layers:dense1:Units", "5")]).Layers;

        Assert.Equal((7, 4, 5), (((Conv2dOptions)layers[0]).Filters, ((Conv2dOptions)layers[1]).Filters, ((DenseOptions)layers[3]).Units));
    }

    [Theory]
    [InlineData("Kernel", "7")]
    [InlineData("Kernel", "7,7")]
    [InlineData("Kernel", " 7 , 7 ")]
    public void Read_ListInAnOption_ReplacesTheListOfTheFile(string option, string value) =>
        Assert.Equal(new Size2d(7, 7), ((Conv2dOptions)Sources.Read(Nameless, commandLine: [new($"Model:Layers:0:{option}", value)]).Layers[0]).Kernel);

    [Theory]
    [InlineData("Model:Layers:0:Kernel:1", "4", 3, 4)]
    [InlineData("Model:Layers:0:Kernel", "2,6", 2, 6)]
    public void Read_ElementOfAList_ChangesIt(string key, string value, int height, int width) =>
        Assert.Equal(new Size2d(height, width), ((Conv2dOptions)Sources.Read(Nameless, commandLine: [new(key, value)]).Layers[0]).Kernel);

    [Fact]
    public void Read_NewType_DropsTheKeysOfTheOldButTheName()
    {
        // The new object's keys stand before its type: all that comes with it is kept.
        IReadOnlyList<LayerOptions> layers = Sources.Read(commandLine:
        [
            new("Model:Layers:dense1:Rate", "0.5"), new("Model:Layers:dense1:Type", "dropout"), new("Model:Layers:dense2:Type", "DENSE"),
        ]).Layers;

        Assert.Equal(new DropoutOptions { Name = "dense1", Rate = 0.5 }, layers[3]);
        Assert.Equal(new DenseOptions { Name = "dense2", Units = 64, Activation = "relu", Dropout = 0.25 }, layers[4]);
    }

    [Fact]
    public void Read_NewTypeInALaterSource_DropsWhatAnEarlierOneSet()
    {
        IReadOnlyList<LayerOptions> layers = Sources.Read(
            environment: new() { ["CONVNN_Model__Layers__dense1__Units"] = "7" },
            commandLine: [new("Model:Layers:dense1:Type", "relu")]).Layers;

        Assert.Equal(new ReluOptions { Name = "dense1" }, layers[3]);
    }

    [Fact]
    public void Read_IndexBehindTheLast_AddsLayers()
    {
        IReadOnlyList<LayerOptions> layers = Sources.Read(Nameless, commandLine:
        [
            new("Model:Layers:5:Type", "dense"), new("Model:Layers:5:Units", "10"), new("Model:Layers:4:Type", "relu"),
        ]).Layers;

        Assert.Equal([new ReluOptions(), new DenseOptions { Units = 10 }], layers.Skip(4));
    }

    [Theory]
    [InlineData("Model:Layers:6:Units", "3", "Model:Layers:6:Type is missing; it must name a known layer: conv2d, ")]
    [InlineData("Model:Layers:7:Type", "relu", "Model:Layers:7 is not known; the last layer is Model:Layers:5, and Model:Layers:6 adds one. (")]
    [InlineData("Model:Layers:99999999999:Type", "relu", "Model:Layers:99999999999 is not known; the last layer is ")]
    [InlineData("Model:Layers:-1:Type", "relu", "Model:Layers:-1 is not known; known here: conv1, pool1, flatten1, dense1, dense2, dense3. (")]
    [InlineData("Model:Layers:cnv1:Filters", "3", "Model:Layers:cnv1 is not known; did you mean conv1? (known here: conv1, pool1, flatten1, dense1, dense2, dense3). (")]
    [InlineData("Model:Layers::Filters", "3", "Model:Layers: is not known; known here: ")]
    [InlineData("Model:Layers:conv1:Filtrs", "3", "Model:Layers:0:Filtrs is not known; did you mean Filters?")]
    [InlineData("Model:Layers:conv1", "3", "Model:Layers:0 is 3; it must be a layer")]
    [InlineData("Model:Layers", "3", "Model:Layers is 3; it must be a list of layers. (")]
    [InlineData("Model:Layers:conv1:Kernel", "3,x", "Model:Layers:0:Kernel is 3,x; it must be a whole number of at least 1, or a pair of them as [height, width]. (")]
    [InlineData("Model:Layers:conv1:Kernel", "", "Model:Layers:0:Kernel is empty; it must be")]
    [InlineData("Training", "3", "Training is 3; it must be a section with ")]
    [InlineData("Training:Epochs:0", "3", "Training:Epochs holds a list or a section; it must be a whole number between 1 and 1,000,000. (")]
    public void Read_KeyOfNoLayer_IsRefusedWithTheOrigin(string key, string value, string expected)
    {
        ConfigurationSources sources = Sources.Of(commandLine: [new(key, value)]) with
        {
            Options = new Dictionary<string, string> { [key] = $"--set {key}" },
        };

        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => Sources.Read(sources));

        string failure = $"{Assert.Single(refused.Failures)}";
        Assert.StartsWith(expected, failure, StringComparison.Ordinal);
        Assert.EndsWith($" (--set {key})", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Data:Limit")]
    [InlineData("Training:Epochs")]
    [InlineData("Training")]
    [InlineData("Pipeline:Workers")]
    [InlineData("Model:Layers")]
    [InlineData("Model:Layers:0:Activation")]
    public void Read_Null_IsTheDefault(string key)
    {
        const string Json = """
            {
              "Data": { "Limit": 5 }, "Training": { "Epochs": 3 }, "Pipeline": { "Workers": 2 },
              "Model": { "Layers": [{ "Type": "dense", "Units": 10, "Activation": "relu" }] }
            }
            """;
        RunConfiguration expected = Sources.Read(Json);
        RunConfiguration defaults = new();
        expected = key switch
        {
            "Data:Limit" => expected with { Data = defaults.Data },
            "Pipeline:Workers" => expected with { Pipeline = defaults.Pipeline },
            "Model:Layers" => expected with { Layers = Sources.Read().Layers },
            "Model:Layers:0:Activation" => expected with { Layers = [new DenseOptions { Units = 10 }] },
            _ => expected with { Training = defaults.Training },
        };

        Sources.AssertEqual(expected, Sources.Read(Json, commandLine: [new(key, "null")]));
        Sources.AssertEqual(expected, Sources.Read(Json, environment: new() { [EnvironmentSettings.VariableOf(key)] = "null" }));
    }
}
