using ConvNN.Formats.Onnx;
using ConvNN.Formats.Protobuf;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Pictures;

namespace ConvNN.Formats.Tests.Onnx;

/// <summary>The bytes of ONNX files; that others compute the same with them is shown by <c>tests/formats/check_onnx.py</c>.</summary>
public class OnnxFileTests
{
    public static TheoryData<string> LayerTypes { get; } = [.. LayerRegistry.Types.Names];

    [Fact]
    public void Message_KnownFields_HasTheBytesOfTheEncoding()
    {
        // From the encoding's own page: 150 in field 1, "testing" in field 2; and a float in field 5.
        ProtobufMessage message = new ProtobufMessage().Add(1, 150).Add(2, "testing").Add(5, 1f);

        Assert.Equal("0896011207" + "74657374696E67" + "2D0000803F", Convert.ToHexString(message.Bytes));
        Assert.Equal("18FFFFFFFFFFFFFFFFFF01", Convert.ToHexString(new ProtobufMessage().Add(3, -1).Bytes));
    }

    [Fact]
    public void Write_Network_HasItsOperatorsTensorsAndShapes()
    {
        List<(int Field, object Value)> model = ProtobufReader.Read(Write(TestModel.Network()).Bytes);
        List<(int Field, object Value)> graph = Assert.Single(model.Messages(7));

        Assert.Equal(8L, model.First(part => part.Field == 1).Value);
        Assert.Equal(17L, Assert.Single(model.Messages(8)).First(part => part.Field == 2).Value);
        Assert.Equal(
            ["Conv", "Relu", "MaxPool", "Flatten", "Flatten", "Gemm", "Relu", "Flatten", "Gemm", "Softmax", "Identity"],
            graph.Messages(1).Select(node => node.Text(4)));
        Assert.Equal(
            ["conv1.weight", "conv1.bias", "dense1.weight", "dense2.weight", "dense2.bias"],
            graph.Messages(5).Select(tensor => tensor.Text(8)));
        Assert.Equal(("images", "probabilities"), (Assert.Single(graph.Messages(11)).Text(1), Assert.Single(graph.Messages(12)).Text(1)));
        List<(int Field, object Value)> weight = graph.Messages(5).First();
        Assert.Equal([3L, 2L, 3L, 2L], weight.Where(part => part.Field == 1).Select(part => part.Value));
        Assert.Equal(3 * 2 * 3 * 2 * sizeof(float), ((byte[])weight.First(part => part.Field == 9).Value).Length);
    }

    /// <summary>The values of an image stay 0 to 1 at the border, as they are for every model.</summary>
    [Fact]
    public void Write_NormalizedModel_NormalizesItsInputAndSaysSo()
    {
        using TemporaryFolder folder = new();
        Network network = TestModel.Network();
        Normalization normalization = Normalization.Standard([0.5f, 0.25f], [0.2f, 0.3f]);
        ModelFile.Save(folder["m"], network, TestModel.Weights(network), new ModelSubject("bands") { Normalization = normalization, Preparation = Preparations.Pad });

        List<(int Field, object Value)> model = ProtobufReader.Read(OnnxFile.Write(ModelFile.Load(folder["m"])).Bytes);
        List<(int Field, object Value)> graph = Assert.Single(model.Messages(7));

        Assert.Equal(["Sub", "Div", "Conv"], graph.Messages(1).Select(node => node.Text(4)).Take(3));
        Assert.Equal("images", graph.Messages(1).First().Text(1));
        List<(int Field, object Value)> mean = graph.Messages(5).Single(tensor => tensor.Text(8) == "input.mean");
        Assert.Equal([1L, 2L, 1L, 1L], mean.Where(part => part.Field == 1).Select(part => part.Value));
        Assert.Equal([0.5f, 0.25f], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>((byte[])mean.First(part => part.Field == 9).Value).ToArray());
        Dictionary<string, string> properties = model.Messages(14).ToDictionary(property => property.Text(1), property => property.Text(2));
        Assert.Equal(("pad", "(pixel / 255 - [0.5, 0.25]) / [0.2, 0.3]"), (properties["convnn.prepare"], properties["convnn.normalization"]));
    }

    /// <summary>No layer is registered that has no form in ONNX.</summary>
    [Theory]
    [MemberData(nameof(LayerTypes))]
    public void Write_EveryRegisteredLayer_HasAForm(string name)
    {
        TypeDefinition<LayerOptions> type = LayerRegistry.Types.Definition(name)!;
        Shape input = Shape.Image(2, 6, 6);
        Dictionary<string, string> values = type.Options.Where(option => option.IsRequired).ToDictionary(option => option.Name, option => option.Name == "Rate" ? "0.5" : "2");
        values["Type"] = name;
        LayerOptions layer = LayerRegistry.Read([new LayerDefinition("Layers:0", values)])[0];

        // A softmax needs a vector before it, and is the end; a shortcut goes around the two layers before it.
        LayerOptions[] layers = name switch
        {
            "softmax" or "dense" => [new FlattenOptions(), layer],
            "residual" => [new Conv2dOptions { Filters = 3, Kernel = 1, Stride = 2 }, new ReluOptions(), layer],
            _ => [layer],
        };
        Network network = Network.Build(input, layers);

        List<(int Field, object Value)> graph = ProtobufReader.Read(Write(network).Bytes).Messages(7).First();

        // A chain: each value is made before it is used, and the last is the output.
        HashSet<string> known = ["images", .. graph.Messages(5).Select(tensor => tensor.Text(8))];
        foreach (List<(int Field, object Value)> node in graph.Messages(1))
        {
            Assert.All(node.Where(part => part.Field == 1), part => Assert.Contains(System.Text.Encoding.UTF8.GetString((byte[])part.Value), known));
            known.Add(node.Text(2));
        }

        Assert.Contains("probabilities", known);
    }

    private static ProtobufMessage Write(Network network)
    {
        using TemporaryFolder folder = new();
        ModelFile.Save(folder["m"], network, TestModel.Weights(network), new ModelSubject("bands"));
        return OnnxFile.Write(ModelFile.Load(folder["m"]));
    }
}
