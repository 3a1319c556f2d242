using ConvNN.Kernels.Dense;
using ConvNN.Model.Options;
using ConvNN.Model.Parameters;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Dense"/> and of the activation and dropout after it.</summary>
public sealed record DenseOptions : WeightedLayerOptions
{
    /// <summary>Number of outputs.</summary>
    public required int Units { get; init => field = Checked(value); }

    /// <summary>Whether each output has a bias.</summary>
    public bool Bias { get; init => field = Checked(value); } = true;

    /// <summary>A name from <see cref="Layers.Activation"/>, or null for none.</summary>
    public string? Activation { get; init => field = Checked(value); }

    /// <summary>Fraction of the outputs dropped in training, after the activation.</summary>
    public double Dropout { get; init => field = Checked(value); }

    /// <inheritdoc/>
    public override TypeDefinition Definition => Dense.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "dense";

    /// <inheritdoc/>
    public override string Summary => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Units}{(Bias ? "" : ", no bias")}{(Activation is null ? "" : $", {Activation}")}{(Dropout > 0 ? $", dropout {Dropout}" : "")}");

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack)
    {
        stack.Add(site => new Dense(this, site));
        Layers.Activation.AddTo(stack, Activation);
        if (Dropout > 0)
        {
            stack.Add(site => new Dropout(Dropout, site));
        }
    }
}

/// <summary>Fully connected layer, <c>y = x Wᵀ + b</c> (PyTorch <c>nn.Linear</c>, ONNX <c>Gemm</c>).</summary>
/// <remarks>Shapes: x [N, In], y [N, Units], weight [Units, In], bias [Units]; row-major float32.</remarks>
public sealed class Dense : Layer
{
    /// <summary>Creates the layer and its parameters: weights from the initializer, biases zero.</summary>
    /// <param name="options">The options.</param>
    /// <param name="site">Its place in the network.</param>
    /// <exception cref="LayerMisfitException">The input is not a vector.</exception>
    public Dense(DenseOptions options, LayerSite site)
        : base(site, Shape.Vector(options.Units))
    {
        if (!Input.IsVector)
        {
            throw new LayerMisfitException($"dense needs a vector but gets {Input}; put {{ \"Type\": \"flatten\" }} before it.");
        }

        WeightInitializer.Fan fan = new(Input.Count, options.Units, options.Activation);
        Initializer initializer = WeightInitializer.Of(Type.Name, options.Initializer, options.InitialValue, fan);
        Weight = site.AddParameter(0, "weight", [options.Units, Input.Count], initializer);
        Bias = options.Bias ? site.AddParameter(1, "bias", [options.Units], Initializer.Zeros) : null;
    }

    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define(
        "dense",
        "Fully connected layer.",
        () => new DenseOptions { Units = 1 },
        Option.Of("Units", ValueKinds.Count, (DenseOptions o) => o.Units, (o, v) => o with { Units = v }, "number of outputs") with { IsRequired = true },
        Option.Of("Bias", ValueKinds.Boolean, (DenseOptions o) => o.Bias, (o, v) => o with { Bias = v }, "whether each output has a bias"),
        Option.Of("Activation", ValueKinds.OptionalWord(() => Activation.Names), (DenseOptions o) => o.Activation, (o, v) => o with { Activation = v }, "activation applied to the outputs"),
        Option.Of("Dropout", ValueKinds.Share, (DenseOptions o) => o.Dropout, (o, v) => o with { Dropout = v }, "fraction of the outputs to drop in training"),
        WeightInitializer.NameOption,
        WeightInitializer.ValueOption);

    /// <summary>[Units, In].</summary>
    public Parameter Weight { get; }

    /// <summary>[Units], or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Number of leaves of units in the input gradient; any worker can sum a subtree of them.</summary>
    public int UnitLeaves => Geometry(0, All).UnitLeaves;

    /// <inheritdoc/>
    public override bool HasParameters => true;

    /// <inheritdoc/>
    public override long Operations => 2L * Input.Count * Output.Count;

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context) => Forward(x, y, All, context);

    /// <summary>Computes some of the outputs.</summary>
    /// <param name="x">[N, Input.Stride].</param>
    /// <param name="y">[N, Output.Stride]; the units' columns are overwritten.</param>
    /// <param name="units">Which units.</param>
    /// <param name="context">The call.</param>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, UnitRun units, in LayerContext context) => context.Kernels.Dense.Forward(
        x, Rows(context.Value(Weight), units), Bias is null ? default : context.Value(Bias).Slice(units.First, units.Count), y[units.First..], Geometry(context.Samples, units));

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        ReadOnlySpan<double> weight = context.Value(Weight);
        for (int unit = 0; unit < y.Length; unit++)
        {
            double sum = Bias is null ? 0 : context.Value(Bias)[unit];
            for (int i = 0; i < x.Length; i++)
            {
                sum += weight[(unit * Weight.RowStride) + i] * x[i];
            }

            y[unit] = sum;
        }
    }

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) => InputGradient(dy, dx, All, context);

    /// <summary>The units of consecutive leaves.</summary>
    /// <param name="lo">The first leaf of <see cref="UnitLeaves"/>.</param>
    /// <param name="hi">One past the last leaf (exclusive).</param>
    public UnitRun UnitsOf(int lo, int hi)
    {
        int perLeaf = Geometry(0, All).UnitsPerLeaf, first = Math.Min(Output.Count, lo * perLeaf);
        return new UnitRun(first, Math.Min(Output.Count, hi * perLeaf) - first);
    }

    /// <summary>Computes the part of the gradient with respect to the input that some units contribute; for a subtree, its sum.</summary>
    /// <param name="dy">[N, Output.Stride].</param>
    /// <param name="dx">[N, Input.Stride]; overwritten.</param>
    /// <param name="units">Which units, as <see cref="UnitsOf"/> returns them.</param>
    /// <param name="context">The call.</param>
    public void InputGradient(ReadOnlySpan<float> dy, Span<float> dx, UnitRun units, in LayerContext context) =>
        context.Kernels.Dense.InputGradient(dy[units.First..], Rows(context.Value(Weight), units), dx, Geometry(context.Samples, units));

    /// <inheritdoc/>
    public override void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, SubtreeGradient gradient, in LayerContext context) =>
        ParameterGradient(x, dy, gradient.Of(Weight), gradient.OfOrEmpty(Bias), gradient.Edges, All, context);

    /// <summary>Computes the gradients with respect to the parameters of some units.</summary>
    /// <param name="x">[N, Input.Stride].</param>
    /// <param name="dy">[N, Output.Stride].</param>
    /// <param name="dw">[units.Count, Input.Stride]; overwritten.</param>
    /// <param name="db">[units.Count]; overwritten. Empty without a bias.</param>
    /// <param name="edges">Leaf h holds the samples [edges[h], edges[h + 1]) of the call.</param>
    /// <param name="units">Which units.</param>
    /// <param name="context">The call.</param>
    /// <param name="factor">Factor that each sum is multiplied by at the end.</param>
    public void ParameterGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, UnitRun units, in LayerContext context, float factor = 1f) =>
        context.Kernels.Dense.ParameterGradient(x, dy[units.First..], dw, db, edges, Geometry(context.Samples, units), factor);

    private UnitRun All => new(0, Output.Count);

    private ReadOnlySpan<float> Rows(ReadOnlySpan<float> weight, UnitRun units) => weight.Slice(units.First * Weight.RowStride, units.Count * Weight.RowStride);

    private DenseGeometry Geometry(int samples, UnitRun units) => new(samples, Input.Count, units.Count) { LayerUnits = Output.Count };
}
