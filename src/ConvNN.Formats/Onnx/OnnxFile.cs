using ConvNN.Files;
using ConvNN.Formats.Protobuf;
using ConvNN.Model.Networks;
using ConvNN.Pictures;

namespace ConvNN.Formats.Onnx;

/// <summary>
/// A trained network as an ONNX model, for other runtimes: input <c>images</c> [N, C, H, W] of float32 from 0 to 1, which the model
/// normalizes itself where it was trained so, output <c>probabilities</c> [N, classes], any number N of images.
/// </summary>
public static class OnnxFile
{
    /// <summary>The version of the operator set.</summary>
    public const int OperatorSet = 17;

    // The IR version: the first one for this operator set.
    private const int FormatVersion = 8;

    /// <summary>Writes a file atomically.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="NotSupportedException">A layer cannot be exported to ONNX.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public static void Save(string path, ModelFile model)
    {
        ProtobufMessage message = Write(model);
        AtomicFile.Write(path, stream => stream.Write(message.Bytes));
    }

    /// <summary>Builds the <c>ModelProto</c> message of a model.</summary>
    internal static ProtobufMessage Write(ModelFile model)
    {
        Network network = model.Network;
        OnnxGraph graph = new(network.Layout, model.Weights.Span.ToArray(), network.Input);
        Normalization normalization = model.Subject.Normalization;
        if (!normalization.IsUnit)
        {
            long[] perChannel = [1, network.Input.Channels, 1, 1];
            graph.Add("Sub", [graph.Constant("input.mean", perChannel, [.. normalization.Means])]);
            graph.Add("Div", [graph.Constant("input.deviation", perChannel, [.. normalization.Deviations])]);
        }

        foreach (NetworkBlock block in network.Blocks)
        {
            graph.Reached.Add((graph.Current, graph.Reached.Count == 0 ? network.Input : graph.Shape));
            OnnxLayers.Add(graph, block.Options);
            graph.Shape = block.Output;
        }

        return new ProtobufMessage()
            .Add(1, FormatVersion)
            .Add(2, "ConvNN")
            .Add(3, typeof(OnnxFile).Assembly.GetName().Version!.ToString(3))
            .Add(7, graph.Close("network"))
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, OperatorSet))
            .Add(14, Property("convnn.dataset", model.Dataset))
            .Add(14, Property("convnn.prepare", model.Subject.Preparation.Name))
            .Add(14, Property("convnn.normalization", normalization.ToString()))
            .Add(14, Property("convnn.weights_sha256", model.WeightsSha256));
    }

    private static ProtobufMessage Property(string key, string value) => new ProtobufMessage().Add(1, key).Add(2, value);
}
