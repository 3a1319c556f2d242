using ConvNN.Kernels;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Dense"/> with the activation and dropout behind it.</summary>
public sealed record DenseOptions : LayerOptions
{
    /// <summary>Number of outputs.</summary>
    public required int Units { get; init; }

    /// <summary>Whether each output adds a trained number.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>A name of <see cref="Layers.Activation"/>, or null for none.</summary>
    public string? Activation { get; init; }

    /// <summary>Share of the outputs that is dropped in training, behind the activation.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override string Type => Dense.Type.Name;

    /// <inheritdoc/>
    public override string NamePrefix => "dense";

    /// <inheritdoc/>
    public override string Summary => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Units}{(Bias ? "" : ", no bias")}{(Activation is null ? "" : $", {Activation}")}{(Dropout > 0 ? $", dropout {Dropout}" : "")}");

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values =>
        [new("Units", Units), new("Bias", Bias), new("Activation", Activation), new("Dropout", Dropout)];

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack)
    {
        stack.Add(site => new Dense(this, site));
        stack.AddActivation(Activation);
        if (Dropout != 0)   // what is no share, NaN too, is the layer's to refuse
        {
            stack.Add(site => new Dropout(Dropout, site));
        }
    }
}

/// <summary>Fully connected layer, <c>y = x Wᵀ + b</c> (PyTorch <c>nn.Linear</c>, ONNX <c>Gemm</c>).</summary>
/// <remarks>Shapes: x [N, In], y [N, Units], weight [Units, In], bias [Units]; row-major float32.</remarks>
public sealed class Dense : Layer
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    /// <summary>Creates the layer and its parameters: He-normal weights, biases zero.</summary>
    /// <param name="options">The options.</param>
    /// <param name="site">Its place.</param>
    /// <exception cref="LayerMisfitException">The input is not a vector, or there are no units.</exception>
    public Dense(DenseOptions options, LayerSite site)
        : base(site, OutputOf(options))
    {
        if (!Input.IsVector)
        {
            throw new LayerMisfitException($"dense needs a vector but gets {Input}; put {{ \"Type\": \"flatten\" }} before it.");
        }

        _weight = site.AddParameter(0, "weight", [options.Units, Input.Count], Initializer.KaimingNormal(fanIn: Input.Count, options.Activation));
        _bias = options.Bias ? site.AddParameter(1, "bias", [options.Units], Initializer.Zeros) : null;
    }

    /// <summary>The registration.</summary>
    public static LayerType Type { get; } = new(
        "dense",
        "Fully connected layer.",
        [
            OptionSpec.Integer("Units", "number of outputs", minimum: 1, isRequired: true),
            OptionSpec.Boolean("Bias", "whether each output adds a trained number", otherwise: true),
            OptionSpec.Choice("Activation", "what is applied to the outputs", Activation.Names),
            OptionSpec.Number("Dropout", "share of the outputs that is dropped in training", minimum: 0, below: 1, otherwise: 0),
        ],
        values => new DenseOptions
        {
            Units = values.Get<int>("Units"),
            Bias = values.Get<bool>("Bias"),
            Activation = values.Get<string?>("Activation"),
            Dropout = values.Get<double>("Dropout"),
        });

    /// <inheritdoc/>
    public override bool HasParameters => true;

    /// <inheritdoc/>
    public override long Operations => 2L * Input.Count * Output.Count;

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context) =>
        context.Kernels.Dense.Forward(x, context.Value(_weight), context.ValueOrEmpty(_bias), y, Geometry(context));

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        ReadOnlySpan<double> weight = context.Value(_weight);
        for (int unit = 0; unit < y.Length; unit++)
        {
            double sum = _bias is null ? 0 : context.Value(_bias)[unit];
            for (int i = 0; i < x.Length; i++)
            {
                sum += weight[(unit * _weight.RowStride) + i] * x[i];
            }

            y[unit] = sum;
        }
    }

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) =>
        context.Kernels.Dense.InputGradient(dy, context.Value(_weight), dx, Geometry(context));

    /// <inheritdoc/>
    public override void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, SubtreeGradient gradient, in LayerContext context) =>
        context.Kernels.Dense.ParameterGradient(x, dy, gradient.Of(_weight), gradient.OfOrEmpty(_bias), gradient.Edges, Geometry(context));

    private static Shape OutputOf(DenseOptions options)
    {
        LayerMisfitException.ThrowIfBelow(1, options.Units, "dense", "units");
        return Shape.Vector(options.Units);
    }

    private DenseGeometry Geometry(in LayerContext context) => new(context.Samples, Input.Count, Output.Count);
}
