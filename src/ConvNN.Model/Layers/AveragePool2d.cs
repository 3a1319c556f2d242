using ConvNN.Kernels;
using ConvNN.Kernels.Pooling;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="AveragePool2d"/>.</summary>
public sealed record AveragePool2dOptions : PoolOptions
{
    /// <inheritdoc/>
    public override TypeDefinition Definition => AveragePool2d.Type;

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new AveragePool2d(this, site));
}

/// <summary>The mean of each window (PyTorch <c>nn.AvgPool2d</c>, ONNX <c>AveragePool</c>); windows may overlap, without padding.</summary>
/// <remarks>Shapes: x [N, C, H, W], y [N, C, (H − window) / stride + 1, (W − window) / stride + 1].</remarks>
public sealed class AveragePool2d : Layer
{
    private readonly Pool2dGeometry _geometry;

    /// <summary>Creates the layer.</summary>
    /// <param name="options">The options.</param>
    /// <param name="site">Its place in the network.</param>
    /// <exception cref="LayerMisfitException">
    /// The input is a vector or smaller than a window, the window has more than 65,536 values, or an option is out of range.
    /// </exception>
    public AveragePool2d(AveragePool2dOptions options, LayerSite site)
        : base(site, Pooling.OutputOf(Type.Name, options.Window, options.Stride, site.Input)) =>
        _geometry = Pooling.GeometryOf(options.Window, options.Stride, site.Input);

    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define(
        "averagepool2d", "The mean of each window.", () => new AveragePool2dOptions { Window = 1 }, PoolOptions.WindowOption, PoolOptions.StrideOption);

    /// <inheritdoc/>
    public override int ScratchLength(KernelSet kernels) => AveragePool2dKernels.ScratchLength(_geometry);

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context) =>
        context.Kernels.AveragePool2d.Forward(x, y, context.Scratch, Geometry(context));

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        Pool2dGeometry g = _geometry;
        int area = g.WindowHeight * g.WindowWidth;
        for (int output = 0; output < y.Length; output++)
        {
            (int row, int column) = Math.DivRem(output, g.OutputWidth);
            (int channel, row) = Math.DivRem(row, g.OutputHeight);
            double sum = 0;
            for (int tap = 0; tap < area; tap++)
            {
                int line = (channel * g.Height) + (row * g.StrideHeight) + (tap / g.WindowWidth);
                sum += x[(line * g.Width) + (column * g.StrideWidth) + (tap % g.WindowWidth)];
            }

            y[output] = sum / area;
        }
    }

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) =>
        context.Kernels.AveragePool2d.InputGradient(dy, dx, context.Scratch, Geometry(context));

    private Pool2dGeometry Geometry(in LayerContext context) => _geometry with { Samples = context.Samples };
}
