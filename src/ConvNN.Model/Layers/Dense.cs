using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Optimizers;
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

    /// <inheritdoc/>
    public override bool HasParameters => true;

    /// <inheritdoc/>
    public override long Operations => 2L * Input.Count * Output.Count;

    /// <summary>Leaves of inputs in the sum of an output: as many workers can compute a subtree of them each.</summary>
    public int InputLeaves => Geometry(0).InputLeaves;

    /// <summary>The inputs of consecutive leaves.</summary>
    /// <param name="lo">The first leaf of <see cref="InputLeaves"/>.</param>
    /// <param name="hi">One past the last leaf (exclusive).</param>
    public InputRun InputsOf(int lo, int hi) => Geometry(0).InputsOf(lo, hi);

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context) => context.Kernels.Dense.Forward(
        x, context.Value(Weight), Bias is null ? default : context.Value(Bias), y, Geometry(context.Samples));

    /// <summary>Computes the sums over some inputs, without the bias.</summary>
    /// <param name="x">[N, Input.Stride].</param>
    /// <param name="sums">[N, Output.Stride]; overwritten.</param>
    /// <param name="inputs">Which inputs, as <see cref="InputsOf"/> returns them for a subtree of leaves.</param>
    /// <param name="context">The call.</param>
    public void PartialForward(ReadOnlySpan<float> x, Span<float> sums, InputRun inputs, in LayerContext context) => context.Kernels.Dense.Forward(
        x, context.Value(Weight), default, sums, Geometry(context.Samples) with { Part = inputs });

    /// <summary>Adds the bias to the sums over all inputs.</summary>
    /// <param name="y">[N, Output.Stride]; changed in place.</param>
    /// <param name="context">The call.</param>
    public void AddBias(Span<float> y, in LayerContext context)
    {
        for (int n = 0; n < context.Samples && Bias is not null; n++)
        {
            context.Kernels.Elementwise.Add(y.Slice(n * Output.Stride, Output.Count), context.Value(Bias)[..Output.Count]);
        }
    }

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
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) =>
        context.Kernels.Dense.InputGradient(dy, context.Value(Weight), dx, Geometry(context.Samples));

    /// <summary>Computes the gradient with respect to some inputs.</summary>
    /// <param name="dy">[N, Output.Stride].</param>
    /// <param name="dx">[N, Input.Stride]; the columns of the inputs are overwritten.</param>
    /// <param name="inputs">Which inputs.</param>
    /// <param name="context">The call.</param>
    public void InputGradient(ReadOnlySpan<float> dy, Span<float> dx, InputRun inputs, in LayerContext context) =>
        context.Kernels.Dense.InputGradient(dy, context.Value(Weight), dx, Geometry(context.Samples) with { Part = inputs });

    /// <inheritdoc/>
    public override void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, SubtreeGradient gradient, in LayerContext context) =>
        context.Kernels.Dense.ParameterGradient(x, dy, gradient.Of(Weight), gradient.OfOrEmpty(Bias), gradient.Edges, Geometry(context.Samples));

    /// <summary>Computes the mean gradients with respect to some weights.</summary>
    /// <param name="x">[N, Input.Stride].</param>
    /// <param name="dy">[N, Output.Stride].</param>
    /// <param name="dw">[units.Count, Input.Stride]; the columns of the inputs are overwritten.</param>
    /// <param name="edges">Leaf h holds the samples [edges[h], edges[h + 1]) of the call.</param>
    /// <param name="part">Which weights: some inputs of some units.</param>
    /// <param name="factor">Factor that each sum is multiplied by at the end.</param>
    /// <param name="context">The call.</param>
    public void WeightGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, ReadOnlySpan<int> edges, (UnitRun Units, InputRun Inputs) part, float factor, in LayerContext context) =>
        context.Kernels.Dense.ParameterGradient(x, dy[part.Units.First..], dw, default, edges, Geometry(context.Samples, part), factor);

    /// <summary>Computes the mean gradients with respect to some weights, and lets an optimizer change these at once.</summary>
    /// <param name="x">[N, Input.Stride].</param>
    /// <param name="dy">[N, Output.Stride].</param>
    /// <param name="weights">[units.Count, Input.Stride], the rows of the units; changed in place.</param>
    /// <param name="edges">Leaf h holds the samples [edges[h], edges[h + 1]) of the call.</param>
    /// <param name="part">Which weights: some inputs of some units.</param>
    /// <param name="factor">Factor that each sum is multiplied by at the end.</param>
    /// <param name="update">The optimizer's step, for <paramref name="weights"/>.</param>
    /// <param name="context">The call.</param>
    public void Step(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> weights, ReadOnlySpan<int> edges, (UnitRun Units, InputRun Inputs) part, float factor, in WeightUpdate update, in LayerContext context) =>
        context.Kernels.Dense.Step(x, dy[part.Units.First..], weights, edges, Geometry(context.Samples, part), factor, update);

    /// <summary>Computes the mean gradients with respect to some biases.</summary>
    /// <param name="dy">[N, Output.Stride].</param>
    /// <param name="db">[units.Count]; overwritten.</param>
    /// <param name="edges">Leaf h holds the samples [edges[h], edges[h + 1]) of the call.</param>
    /// <param name="units">Which units.</param>
    /// <param name="factor">Factor that each sum is multiplied by at the end.</param>
    /// <param name="context">The call.</param>
    public void BiasGradient(ReadOnlySpan<float> dy, Span<float> db, ReadOnlySpan<int> edges, UnitRun units, float factor, in LayerContext context) =>
        context.Kernels.Dense.BiasGradient(dy[units.First..], db, edges, Geometry(context.Samples) with { Units = units.Count }, factor);

    /// <summary>The layer's sizes in a call.</summary>
    /// <param name="samples">N.</param>
    public DenseGeometry Geometry(int samples) => new(samples, Input.Count, Output.Count) { Channels = Input.Maps };

    private DenseGeometry Geometry(int samples, (UnitRun Units, InputRun Inputs) part) => Geometry(samples) with { Units = part.Units.Count, Part = part.Inputs };
}
