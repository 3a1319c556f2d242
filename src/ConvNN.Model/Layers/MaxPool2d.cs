using System.Runtime.InteropServices;
using ConvNN.Kernels.Pooling;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="MaxPool2d"/>.</summary>
public sealed record MaxPool2dOptions : PoolOptions
{
    /// <inheritdoc/>
    public override TypeDefinition Definition => MaxPool2d.Type;

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new MaxPool2d(this, site));
}

/// <summary>The maximum of each window (PyTorch <c>nn.MaxPool2d</c>, ONNX <c>MaxPool</c>); windows may overlap, without padding.</summary>
/// <remarks>Shapes: x [N, C, H, W], y [N, C, (H − window) / stride + 1, (W − window) / stride + 1].</remarks>
public sealed class MaxPool2d : Layer
{
    private readonly Pool2dGeometry _geometry;

    /// <summary>Creates the layer.</summary>
    /// <param name="options">The options.</param>
    /// <param name="site">Its place in the network.</param>
    /// <exception cref="LayerMisfitException">
    /// The input is a vector or smaller than a window, the window has more than 65,536 values, or an option is out of range.
    /// </exception>
    public MaxPool2d(MaxPool2dOptions options, LayerSite site)
        : base(site, Pooling.OutputOf(Type.Name, options.Window, options.Stride, site.Input)) =>
        _geometry = Pooling.GeometryOf(options.Window, options.Stride, site.Input);

    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define(
        "maxpool2d", "The maximum of each window.", () => new MaxPool2dOptions { Window = 1 }, PoolOptions.WindowOption, PoolOptions.StrideOption);

    /// <summary>Whether windows are 2×2 with stride 2.</summary>
    internal bool IsHalving => _geometry is { WindowHeight: 2, WindowWidth: 2, StrideHeight: 2, StrideWidth: 2 };

    /// <inheritdoc/>
    public override int SavedBytes => checked(Output.Count * sizeof(ushort));

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context) =>
        context.Kernels.MaxPool2d.Forward(x, y, MemoryMarshal.Cast<byte, ushort>(context.Saved), Geometry(context));

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        Pool2dGeometry g = _geometry;
        for (int output = 0; output < y.Length; output++)
        {
            (int row, int column) = Math.DivRem(output, g.OutputWidth);
            (int channel, row) = Math.DivRem(row, g.OutputHeight);
            int corner = (((channel * g.Height) + (row * g.StrideHeight)) * g.Width) + (column * g.StrideWidth);
            int winner = corner;
            for (int tap = 1; tap < g.WindowHeight * g.WindowWidth; tap++)
            {
                int at = corner + (tap / g.WindowWidth * g.Width) + (tap % g.WindowWidth);
                winner = x[at] > x[winner] ? at : winner;
            }

            context.Choices.Note(winner);
            y[output] = x[winner];
        }
    }

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) =>
        MaxPool2dKernels.InputGradient(dy, MemoryMarshal.Cast<byte, ushort>(context.Saved), dx, Geometry(context));

    private Pool2dGeometry Geometry(in LayerContext context) => _geometry with { Samples = context.Samples };
}
