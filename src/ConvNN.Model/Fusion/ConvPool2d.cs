using ConvNN.Kernels;
using ConvNN.Kernels.ConvPool;
using ConvNN.Model.Layers;
using ConvNN.Model.Parameters;

namespace ConvNN.Model.Fusion;

/// <summary>
/// A <see cref="Conv2d"/>, a rectifier and a 2×2 <see cref="MaxPool2d"/> fused into one layer, with the same bits as the three.
/// </summary>
/// <remarks>Rectifier and maximum commute: a window's maximum is positive if and only if the maximum of its rectified values is.</remarks>
internal sealed class ConvPool2d : Layer
{
    private readonly Conv2d _convolution;
    private readonly ConvPoolGeometry _geometry;

    /// <summary>Fuses three layers.</summary>
    /// <param name="convolution">The convolution; <see cref="ConvPoolGeometry.Supports"/> must accept it.</param>
    /// <param name="last">The last of the three.</param>
    public ConvPool2d(Conv2d convolution, Layer last)
        : base(convolution, last.Output)
    {
        LastOrdinal = last.Ordinal;
        _convolution = convolution;
        _geometry = new ConvPoolGeometry(convolution.Geometry);
    }

    /// <inheritdoc/>
    internal override int LastOrdinal { get; }

    /// <inheritdoc/>
    public override bool HasParameters => true;

    /// <inheritdoc/>
    public override long Operations => _convolution.Operations;

    /// <inheritdoc/>
    public override int SavedBytes => _geometry.OutputCount;

    /// <inheritdoc/>
    public override int ScratchLength(KernelSet kernels) => kernels.ConvPool.ScratchLength(_geometry);

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context) => context.Kernels.ConvPool.Forward(
        x, context.Value(_convolution.Weight), context.ValueOrEmpty(_convolution.Bias), y, context.Saved, context.Scratch, Geometry(context));

    /// <summary>Not supported: the plain layers are the definition.</summary>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context) =>
        throw new NotSupportedException("A fused layer is defined by the plain layers that it replaces.");

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) =>
        context.Kernels.ConvPool.InputGradient(dy, context.Saved, context.Value(_convolution.Weight), dx, context.Scratch, Geometry(context));

    /// <inheritdoc/>
    public override void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, SubtreeGradient gradient, in LayerContext context) =>
        context.Kernels.ConvPool.ParameterGradient(
            x, dy, context.Saved, gradient.Of(_convolution.Weight), gradient.OfOrEmpty(_convolution.Bias), gradient.Edges, context.Scratch, Geometry(context));

    private ConvPoolGeometry Geometry(in LayerContext context) => new(_geometry.Convolution with { Samples = context.Samples });
}
