using System.Globalization;
using ConvNN.Kernels;
using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Options;
using ConvNN.Model.Parameters;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Residual"/> and of the activation after it.</summary>
public sealed record ResidualOptions : LayerOptions
{
    /// <summary>Number of layers before this one that the shortcut skips.</summary>
    public required int Layers { get; init => field = Checked(value); }

    /// <summary>A name from <see cref="Layers.Activation"/>, or null for none.</summary>
    public string? Activation { get; init => field = Checked(value); }

    /// <inheritdoc/>
    public override TypeDefinition Definition => Residual.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "residual";

    /// <inheritdoc/>
    public override string Summary =>
        string.Create(CultureInfo.InvariantCulture, $"around {Layers} layer{(Layers == 1 ? "" : "s")}{(Activation is null ? "" : $", {Activation}")}");

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack)
    {
        (int source, Shape shape) = stack.Before(Layers);
        stack.Add(site => new Residual(source, shape, site));
        Model.Layers.Activation.AddTo(stack, Activation);
    }
}

/// <summary>
/// The end of a shortcut around some layers: <c>y = x + s</c>, or <c>y = x + P(s)</c> with a 1×1 convolution P if the shapes
/// differ (He et al., arXiv:1512.03385). x is its own input, s the input to the first of those layers.
/// </summary>
/// <remarks>
/// Shapes: x and y [N, C, H, W], s [N, C', H', W']; P has weight [C, C', 1, 1], no bias, and the smallest stride that gives H × W.
/// The network remains a sequence of layers: this one also reads the output of a second layer before it, and adds to its gradient.
/// </remarks>
public sealed class Residual : Layer
{
    private readonly Conv2d? _projection;

    /// <summary>Creates the layer, and the parameters of a projection if there is one.</summary>
    /// <param name="source">The ordinal of the layer whose output is the shortcut; −1 for the network's input.</param>
    /// <param name="shape">The shape of that output.</param>
    /// <param name="site">Its place in the network.</param>
    /// <exception cref="LayerMisfitException">The shapes differ, and no 1×1 convolution converts one into the other.</exception>
    public Residual(int source, Shape shape, LayerSite site)
        : base(site, site.Input)
    {
        Source = source;
        if (shape == Input)
        {
            return;
        }

        Size2d stride = StrideOf(shape, Input) ?? throw new LayerMisfitException(
            $"residual adds {shape} to {Input}, but no 1×1 convolution converts one into the other; keep height and width, or use a stride.");
        Conv2dOptions options = new() { Filters = Input.Channels, Kernel = 1, Stride = stride, Bias = false };
        _projection = new Conv2d(options, site with { Input = shape });
    }

    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define(
        "residual",
        "Adds the input of an earlier layer, unchanged or through a 1×1 convolution.",
        () => new ResidualOptions { Layers = 1 },
        Option.Of("Layers", ValueKinds.Count, (ResidualOptions o) => o.Layers, (o, v) => o with { Layers = v }, "number of layers before this one that the shortcut skips") with { IsRequired = true },
        Option.Of("Activation", ValueKinds.OptionalWord(() => Model.Layers.Activation.Names), (ResidualOptions o) => o.Activation, (o, v) => o with { Activation = v }, "activation applied to the outputs"));

    /// <summary>The ordinal of the layer whose output is the shortcut; −1 for the network's input.</summary>
    public int Source { get; }

    /// <inheritdoc/>
    public override bool HasParameters => _projection is not null;

    /// <inheritdoc/>
    public override long Operations => _projection?.Operations ?? 0;

    /// <summary>The stride with which a 1×1 convolution converts one shape into another; null if there is none.</summary>
    /// <param name="from">The shape before the convolution.</param>
    /// <param name="to">The shape after it.</param>
    public static Size2d? StrideOf(Shape from, Shape to)
    {
        if (from.IsVector || to.IsVector)
        {
            return null;
        }

        static int? Stride(int before, int behind) =>
            Enumerable.Range(1, before).Where(stride => ((before - 1) / stride) + 1 == behind).Select(stride => (int?)stride).FirstOrDefault();

        return Stride(from.Height, to.Height) is { } height && Stride(from.Width, to.Width) is { } width ? new Size2d(height, width) : null;
    }

    /// <inheritdoc/>
    public override int ScratchLength(KernelSet kernels) =>
        _projection is null ? 0 : checked(Lanes.RoundUp(_projection.ScratchLength(kernels)) + _projection.Input.Stride);

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context)
    {
        if (_projection is null)
        {
            context.Shortcut.CopyTo(y);
        }
        else
        {
            _projection.Forward(context.Shortcut, y, context);
        }

        context.Kernels.Elementwise.Add(y, x);
    }

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        if (_projection is null)
        {
            context.Shortcut.CopyTo(y);
        }
        else
        {
            _projection.Define(context.Shortcut, y, context);
        }

        for (int i = 0; i < y.Length; i++)
        {
            y[i] += x[i];
        }
    }

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) => dy.CopyTo(dx);

    /// <summary>Adds dy, or dy propagated back through the projection, to the gradient with respect to the shortcut.</summary>
    /// <param name="dy">[N, Output.Stride].</param>
    /// <param name="ds">The gradient with respect to the shortcut, computed so far by the layer after its source; added to.</param>
    /// <param name="context">The call.</param>
    public void AddShortcutGradient(ReadOnlySpan<float> dy, Span<float> ds, in LayerContext context)
    {
        if (_projection is null)
        {
            context.Kernels.Elementwise.Add(ds, dy);
            return;
        }

        int stride = _projection.Input.Stride;
        Span<float> one = context.Scratch.Slice(Lanes.RoundUp(_projection.ScratchLength(context.Kernels)), stride);
        Conv2dGeometry geometry = _projection.Geometry with { Samples = 1 };
        for (int n = 0; n < context.Samples; n++)
        {
            one.Clear();
            context.Kernels.Conv2d.InputGradient(
                dy.Slice(n * Output.Stride, Output.Stride), context.Value(_projection.Weight), one, context.Scratch, geometry);
            context.Kernels.Elementwise.Add(ds.Slice(n * stride, stride), one);
        }
    }

    /// <inheritdoc/>
    public override void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, SubtreeGradient gradient, in LayerContext context) =>
        _projection!.ParameterGradient(context.Shortcut, dy, gradient, context);
}
