using ConvNN.Formats.Protobuf;
using ConvNN.Model;
using ConvNN.Model.Layers;
using static ConvNN.Formats.Onnx.OnnxGraph;

namespace ConvNN.Formats.Onnx;

/// <summary>
/// The layers as <see href="https://onnx.ai/onnx/operators/">ONNX operators</see>, version 17. To add a layer, add a case here; a
/// test covers all registered layers.
/// </summary>
internal static class OnnxLayers
{
    /// <summary>Appends a layer to a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="layer">The layer as configured; its tensors are named after it.</param>
    /// <exception cref="NotSupportedException">There is no case for it.</exception>
    public static void Add(OnnxGraph graph, LayerOptions layer)
    {
        switch (layer)
        {
            case Conv2dOptions conv:
                graph.Add(
                    "Conv",
                    Tensors(graph, layer, conv.Bias),
                    Attribute("kernel_shape", conv.Kernel.Height, conv.Kernel.Width),
                    Attribute("strides", conv.Stride.Height, conv.Stride.Width),
                    Attribute("pads", conv.Padding.Height, conv.Padding.Width, conv.Padding.Height, conv.Padding.Width),
                    Attribute("dilations", conv.Dilation.Height, conv.Dilation.Width),
                    Attribute("group", conv.Groups));
                AddActivation(graph, conv.Activation);
                break;
            case DenseOptions dense:
                Flatten(graph);
                graph.Add("Gemm", Tensors(graph, layer, dense.Bias), Attribute("transB", 1));
                AddActivation(graph, dense.Activation);
                break;
            case MaxPool2dOptions pool:
                graph.Add("MaxPool", [], Window(pool.Window, pool.Stride));
                break;
            case AveragePool2dOptions pool:
                graph.Add("AveragePool", [], Window(pool.Window, pool.Stride));
                break;
            case GlobalAveragePoolOptions:
                graph.Add("GlobalAveragePool", []).Add("Flatten", []);
                break;
            case BatchNorm2dOptions norm:
                graph.Add(
                    "BatchNormalization",
                    [.. Tensors(graph, layer, hasBias: true), graph.Tensor($"{layer.Name}.running_mean"), graph.Tensor($"{layer.Name}.running_var")],
                    Attribute("epsilon", (float)norm.Epsilon));
                break;
            case ResidualOptions residual:
                graph.Add("Add", [Shortcut(graph, residual)]);
                AddActivation(graph, residual.Activation);
                break;
            case FlattenOptions:
                Flatten(graph);
                break;
            case DropoutOptions or Dropout2dOptions:
                // Values pass unchanged outside training.
                break;
            case ReluOptions:
                graph.Add("Relu", []);
                break;
            case LeakyReluOptions leaky:
                graph.Add("LeakyRelu", [], Attribute("alpha", (float)leaky.Slope));
                break;
            case EluOptions elu:
                graph.Add("Elu", [], Attribute("alpha", (float)elu.Alpha));
                break;
            case TanhOptions:
                graph.Add("Tanh", []);
                break;
            case SigmoidOptions:
                graph.Add("Sigmoid", []);
                break;
            case SiluOptions:
                string x = graph.Current;
                graph.Add("Sigmoid", []).Add("Mul", [x]);
                break;
            case GeluOptions:
                Gelu(graph);
                break;
            case SoftmaxOptions:
                graph.Add("Softmax", [], Attribute("axis", 1));
                break;
            default:
                // In this project, a case is missing here.
                throw new NotSupportedException($"Layer '{layer.Name}' of type {layer.Type} cannot be exported to ONNX: only the layers of ConvNN itself can.");
        }
    }

    private static string Shortcut(OnnxGraph graph, ResidualOptions residual)
    {
        (string value, Shape from) = graph.Reached[^(residual.Layers + 1)];
        Shape to = graph.Reached[^1].Shape;
        return from == to
            ? value
            : graph.Apply(
                "Conv",
                [value, graph.Tensor($"{residual.Name}.weight")],
                Attribute("kernel_shape", 1, 1),
                Attribute("strides", Residual.StrideOf(from, to)!.Value.Height, Residual.StrideOf(from, to)!.Value.Width));
    }

    private static void AddActivation(OnnxGraph graph, string? name)
    {
        if (name is not null)
        {
            Add(graph, Activation.Find(name)!);
        }
    }

    private static void Flatten(OnnxGraph graph) => graph.Add("Flatten", [], Attribute("axis", 1));

    /// <summary>x · (1 + erf(x / √2)) / 2, since the Gelu operator exists only from version 20 on.</summary>
    private static void Gelu(OnnxGraph graph)
    {
        string x = graph.Current;
        string half = graph.Apply("Mul", [x, graph.Constant("one_half", [], [0.5f])]);
        graph.Add("Mul", [graph.Constant("sqrt_one_half", [], [0.70710678f])])
            .Add("Erf", [])
            .Add("Add", [graph.Constant("one", [], [1f])])
            .Add("Mul", [half]);
    }

    private static string[] Tensors(OnnxGraph graph, LayerOptions layer, bool hasBias) => hasBias
        ? [graph.Tensor($"{layer.Name}.weight"), graph.Tensor($"{layer.Name}.bias")]
        : [graph.Tensor($"{layer.Name}.weight")];

    private static ProtobufMessage[] Window(Size2d window, Size2d? stride)
    {
        Size2d step = stride ?? window;
        return [Attribute("kernel_shape", window.Height, window.Width), Attribute("strides", step.Height, step.Width)];
    }
}
