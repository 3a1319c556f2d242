using System.Runtime.InteropServices;
using ConvNN.Kernels.Pooling;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="MaxPool2d"/>.</summary>
public sealed record MaxPool2dOptions : LayerOptions
{
    /// <summary>Rows and columns of a window.</summary>
    public required Size2d Window { get; init; }

    /// <summary>Rows and columns from one window to the next; null for windows side by side.</summary>
    public Size2d? Stride { get; init; }

    /// <inheritdoc/>
    public override string Type => MaxPool2d.Type.Name;

    /// <inheritdoc/>
    public override string NamePrefix => "pool";

    /// <inheritdoc/>
    public override string Summary => Stride is { } stride && stride != Window ? $"{Window}, stride {stride}" : $"{Window}";

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values => [new("Window", Window), new("Stride", Stride)];

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new MaxPool2d(this, site));
}

/// <summary>The maximum of each window (PyTorch <c>nn.MaxPool2d</c>, ONNX <c>MaxPool</c>); windows may overlap, and none leaves the input.</summary>
/// <remarks>Shapes: x [N, C, H, W], y [N, C, (H − window) / stride + 1, (W − window) / stride + 1].</remarks>
public sealed class MaxPool2d : Layer
{
    private readonly MaxPool2dGeometry _geometry;

    /// <summary>Creates the layer.</summary>
    /// <param name="options">The options.</param>
    /// <param name="site">Its place.</param>
    /// <exception cref="LayerMisfitException">The input is a vector or smaller than a window, the window has more than 65,536 values, or an option is out of range.</exception>
    public MaxPool2d(MaxPool2dOptions options, LayerSite site)
        : base(site, Pooling.OutputOf(Type.Name, options.Window, options.Stride, site.Input)) =>
        _geometry = Pooling.GeometryOf(options.Window, options.Stride, site.Input);

    /// <summary>The registration.</summary>
    public static LayerType Type { get; } = new(
        "maxpool2d",
        "The maximum of each window.",
        Pooling.Options,
        values => new MaxPool2dOptions
        {
            Window = values.Get<Size2d>("Window"),
            Stride = values.Get<Size2d?>("Stride"),
        });

    /// <summary>Whether windows are 2×2 and side by side.</summary>
    internal bool IsHalving => _geometry is { WindowHeight: 2, WindowWidth: 2, StrideHeight: 2, StrideWidth: 2 };

    /// <inheritdoc/>
    public override int SavedBytes => checked(Output.Count * sizeof(ushort));

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context) =>
        context.Kernels.MaxPool2d.Forward(x, y, MemoryMarshal.Cast<byte, ushort>(context.Saved), Geometry(context));

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        MaxPool2dGeometry g = _geometry;
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

    private MaxPool2dGeometry Geometry(in LayerContext context) => _geometry with { Samples = context.Samples };
}
