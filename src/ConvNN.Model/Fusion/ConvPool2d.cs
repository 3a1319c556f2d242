using ConvNN.Kernels;
using ConvNN.Kernels.ConvPool;
using ConvNN.Model.Layers;
using ConvNN.Model.Parameters;

namespace ConvNN.Model.Fusion;

/// <summary>
/// A <see cref="Conv2d"/>, a rectifier and a 2×2 <see cref="MaxPool2d"/> fused into one layer, with the same bits as the three.
/// </summary>
/// <remarks>Rectifier and maximum commute: a window's maximum is positive if and only if the maximum of its rectified values is.</remarks>
internal sealed class ConvPool2d : Layer, IChannelLayer
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
    public IEnumerable<Parameter> Parameters => _convolution.Bias is null ? [_convolution.Weight] : [_convolution.Weight, _convolution.Bias];

    /// <inheritdoc/>
    public IEnumerable<(int Start, int Length)> ParametersOf(ChannelRun channels)
    {
        int stride = _convolution.Weight.RowStride;
        yield return (_convolution.Weight.Offset + (channels.First * stride), channels.Count * stride);
        if (_convolution.Bias is { } bias)
        {
            yield return (bias.Offset + channels.First, channels.Count);
        }
    }

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context) => Forward(x, y, All, context);

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, ChannelRun channels, in LayerContext context)
    {
        int first = FirstOutput(channels);
        context.Kernels.ConvPool.Forward(
            x, Rows(context.Value(_convolution.Weight), channels), Biases(context.ValueOrEmpty(_convolution.Bias), channels), y[first..], context.Saved[first..], context.Scratch, Geometry(channels, context));
    }

    /// <summary>Not supported: the plain layers are the definition.</summary>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context) =>
        throw new NotSupportedException("A fused layer is defined by the plain layers that it replaces.");

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) =>
        context.Kernels.ConvPool.InputGradient(dy, context.Saved, context.Value(_convolution.Weight), dx, context.Scratch, Geometry(All, context));

    /// <inheritdoc/>
    public override void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, SubtreeGradient gradient, in LayerContext context) =>
        ParameterGradient(x, dy, All, gradient, context);

    /// <inheritdoc/>
    public void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ChannelRun channels, SubtreeGradient gradient, in LayerContext context)
    {
        int first = FirstOutput(channels);
        Span<float> dw = Rows(gradient.Of(_convolution.Weight), channels), db = Biases(gradient.OfOrEmpty(_convolution.Bias), channels);
        context.Kernels.ConvPool.ParameterGradient(x, dy[first..], context.Saved[first..], dw, db, gradient.Edges, context.Scratch, Geometry(channels, context));
    }

    private ChannelRun All => new(0, _geometry.Filters);

    private Span<float> Rows(Span<float> weight, ChannelRun channels) => weight.Slice(channels.First * _convolution.Weight.RowStride, channels.Count * _convolution.Weight.RowStride);

    private ReadOnlySpan<float> Rows(ReadOnlySpan<float> weight, ChannelRun channels) => weight.Slice(channels.First * _convolution.Weight.RowStride, channels.Count * _convolution.Weight.RowStride);

    private static Span<float> Biases(Span<float> bias, ChannelRun channels) => bias.IsEmpty ? bias : bias.Slice(channels.First, channels.Count);

    private static ReadOnlySpan<float> Biases(ReadOnlySpan<float> bias, ChannelRun channels) => bias.IsEmpty ? bias : bias.Slice(channels.First, channels.Count);

    private int FirstOutput(ChannelRun channels) => channels.First * _geometry.PooledHeight * _geometry.PooledWidth;

    private ConvPoolGeometry Geometry(ChannelRun channels, in LayerContext context) =>
        new(_geometry.Convolution with { Samples = context.Samples, Filters = channels.Count }) { LayerFilters = _geometry.Filters };
}
