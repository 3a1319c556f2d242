using System.Text.Json;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Model.Tests.Layers;

namespace ConvNN.Formats.Tests;

public class NetworkJsonTests
{
    public static TheoryData<string> Layers { get; } = [.. LayerCases.All.Keys];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Read_WhatWasWrittenOfALayer_IsTheSameNetwork(string name)
    {
        Network network = Network.Build(LayerCases.All[name].Input, [.. LayerCases.All[name].Before, LayerCases.All[name].Options]);

        Network again = NetworkJson.Read(NetworkJson.Write(network).ToJsonString());

        Assert.Equal(network.Input, again.Input);
        Assert.Equal(network.Blocks, again.Blocks);
    }

    [Fact]
    public void Write_Network_HasEveryOptionAndTheNamesThatLayersGot() =>
        Assert.Equal(
            """
            {"Input":[2,7,6],"Layers":[{"Type":"conv2d","Name":"conv1","Filters":3,"Kernel":[3,2],"Stride":1,"Padding":[1,0],"Dilation":1,"Groups":1,"Bias":true,"Activation":"relu","Initializer":null,"InitialValue":null},
            {"Type":"maxpool2d","Name":"pool1","Window":2,"Stride":null},{"Type":"flatten","Name":"flatten1"},
            {"Type":"dense","Name":"dense1","Units":7,"Bias":false,"Activation":"relu","Dropout":0.25,"Initializer":null,"InitialValue":null},
            {"Type":"dense","Name":"dense2","Units":4,"Bias":true,"Activation":"softmax","Dropout":0,"Initializer":null,"InitialValue":null}]}
            """.ReplaceLineEndings(""),
            NetworkJson.Write(TestModel.Network()).ToJsonString());

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("""{"Input":[1,2],"Layers":[]}""")]
    [InlineData("""{"Input":[1,0,2],"Layers":[]}""")]
    [InlineData("""{"Input":[65536,65536,65536],"Layers":[]}""")]
    [InlineData("""{"Input":["5"],"Layers":[]}""")]
    [InlineData("""{"Input":[5],"Layers":{}}""")]
    [InlineData("""{"Input":[5],"Layers":[5]}""")]
    [InlineData("""{"Input":[5],"Input":[5],"Layers":[{"Type":"relu"}]}""")]
    public void Read_WhatIsNoDefinition_IsRefused(string json) => Assert.ThrowsAny<JsonException>(() => NetworkJson.Read(json));

    [Theory]
    [InlineData("""{"Input":[5],"Layers":[{"Type":"softplus"}]}""")]
    [InlineData("""{"Input":[5],"Layers":[{"Type":"dense","Units":{}}]}""")]
    public void Read_LayerThatIsNotKnown_IsRefused(string json) => Assert.Throws<ConfigurationException>(() => NetworkJson.Read(json));

    [Theory]
    [InlineData("""{"Input":[5],"Layers":[]}""")]
    [InlineData("""{"Input":[5],"Layers":[{"Type":"conv2d","Filters":1,"Kernel":1}]}""")]
    public void Read_LayersThatDoNotFit_AreRefused(string json) => Assert.Throws<NetworkException>(() => NetworkJson.Read(json));
}
