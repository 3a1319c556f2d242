using ConvNN.Formats.Protobuf;
using ConvNN.Model;
using ConvNN.Model.Parameters;

namespace ConvNN.Formats.Onnx;

/// <summary>
/// An ONNX graph under construction, as a chain of values. Messages and field numbers are defined in
/// <see href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</see>.
/// </summary>
/// <param name="layout">The layout of the tensors.</param>
/// <param name="weights">A buffer of this layout.</param>
/// <param name="input">The shape of an input sample.</param>
internal sealed class OnnxGraph(ParameterLayout layout, ReadOnlyMemory<float> weights, Shape input)
{
    /// <summary>The name of the graph's input, [N, C, H, W].</summary>
    public const string InputName = "images";

    /// <summary>The name of the graph's output, [N, classes].</summary>
    public const string OutputName = "probabilities";

    private const int Float = 1;

    private readonly List<ProtobufMessage> _nodes = [];
    private readonly Dictionary<string, ProtobufMessage> _tensors = new(StringComparer.Ordinal);
    private int _values;

    /// <summary>The name of the value at the end of the chain.</summary>
    public string Current { get; private set; } = InputName;

    /// <summary>The input value and shape of each layer so far, including the one being added: where shortcuts begin.</summary>
    public List<(string Value, Shape Shape)> Reached { get; } = [];

    /// <summary>The shape of a sample of the current value; set after each layer.</summary>
    public Shape Shape { get; set; }

    /// <summary>Adds an operator after the current value.</summary>
    /// <param name="type">The operator: <c>Conv</c>.</param>
    /// <param name="inputs">Its inputs after the first, which is the current value.</param>
    /// <param name="attributes">Its attributes.</param>
    public OnnxGraph Add(string type, IReadOnlyList<string> inputs, params IReadOnlyList<ProtobufMessage> attributes)
    {
        Current = Apply(type, [Current, .. inputs], attributes);
        return this;
    }

    /// <summary>Adds an operator with any inputs, and returns the name of its value.</summary>
    public string Apply(string type, IReadOnlyList<string> inputs, params IReadOnlyList<ProtobufMessage> attributes)
    {
        string output = FormattableString.Invariant($"{type.ToLowerInvariant()}_{++_values}");
        _nodes.Add(Node(type, inputs, output, attributes));
        return output;
    }

    /// <summary>Adds a parameter's tensor to the graph and returns its name.</summary>
    /// <param name="name">The parameter: <c>conv1.weight</c>.</param>
    public string Tensor(string name)
    {
        Parameter parameter = layout.Parameters.First(parameter => parameter.Name == name);
        float[] values = new float[parameter.Count];
        for (int row = 0; row < parameter.Rows; row++)
        {
            parameter.Row(weights.Span, row).CopyTo(values.AsSpan(row * parameter.RowLength));
        }

        return Constant(name, [.. parameter.Dimensions.Select(dimension => (long)dimension)], values);
    }

    /// <summary>Adds a tensor with given values to the graph and returns its name.</summary>
    public string Constant(string name, long[] dimensions, float[] values)
    {
        ProtobufMessage tensor = new();
        Array.ForEach(dimensions, dimension => tensor.Add(1, dimension));
        _tensors[name] = tensor.Add(2, Float).Add(8, name).AddRaw(9, values);
        return name;
    }

    /// <summary>Completes the graph; the value at the end of the chain is its output.</summary>
    /// <param name="name">The name of the graph.</param>
    public ProtobufMessage Close(string name)
    {
        _nodes.Add(Node("Identity", [Current], OutputName, []));
        ProtobufMessage graph = new();
        _nodes.ForEach(node => graph.Add(1, node));
        graph.Add(2, name);
        foreach (ProtobufMessage tensor in _tensors.Values)
        {
            graph.Add(5, tensor);
        }

        return graph.Add(11, Value(InputName, input.Dimensions)).Add(12, Value(OutputName, Shape.Dimensions));
    }

    /// <summary>An attribute that is a whole number.</summary>
    public static ProtobufMessage Attribute(string name, long value) => new ProtobufMessage().Add(1, name).Add(3, value).Add(20, 2);

    /// <summary>An attribute that is a float.</summary>
    public static ProtobufMessage Attribute(string name, float value) => new ProtobufMessage().Add(1, name).Add(2, value).Add(20, 1);

    /// <summary>An attribute that is a list of whole numbers.</summary>
    public static ProtobufMessage Attribute(string name, params IReadOnlyList<long> values)
    {
        ProtobufMessage attribute = new ProtobufMessage().Add(1, name);
        foreach (long value in values)
        {
            attribute.Add(8, value);
        }

        return attribute.Add(20, 7);
    }

    private ProtobufMessage Node(string type, IEnumerable<string> inputs, string output, IEnumerable<ProtobufMessage> attributes)
    {
        ProtobufMessage node = new();
        foreach (string name in inputs)
        {
            node.Add(1, name);
        }

        node.Add(2, output).Add(3, FormattableString.Invariant($"{type}_{_nodes.Count + 1}")).Add(4, type);
        foreach (ProtobufMessage attribute in attributes)
        {
            node.Add(5, attribute);
        }

        return node;
    }

    /// <summary>The name and type of an input or output: floats [N, …] for any N.</summary>
    private static ProtobufMessage Value(string name, IEnumerable<int> dimensions)
    {
        ProtobufMessage shape = new ProtobufMessage().Add(1, new ProtobufMessage().Add(2, "N"));
        foreach (int dimension in dimensions)
        {
            shape.Add(1, new ProtobufMessage().Add(1, dimension));
        }

        ProtobufMessage tensor = new ProtobufMessage().Add(1, Float).Add(2, shape);
        return new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(1, tensor));
    }
}
