using ConvNN.Kernels.Pooling;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="GlobalAveragePool"/>.</summary>
public sealed record GlobalAveragePoolOptions : LayerOptions
{
    /// <inheritdoc/>
    public override TypeDefinition Definition => GlobalAveragePool.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "pool";

    /// <inheritdoc/>
    public override string Summary => "";

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new GlobalAveragePool(site));
}

/// <summary>
/// The mean of each channel, <c>y[c] = Σ x[c, h, w] / (H·W)</c> (Lin et al., arXiv:1312.4400; PyTorch <c>nn.AdaptiveAvgPool2d(1)</c>,
/// ONNX <c>GlobalAveragePool</c>), as a vector, ready for a dense layer.
/// </summary>
/// <remarks>Shapes: x [N, C, H, W], y [N, C].</remarks>
public sealed class GlobalAveragePool : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="site">Its place in the network.</param>
    /// <exception cref="LayerMisfitException">The input is a vector.</exception>
    public GlobalAveragePool(LayerSite site)
        : base(site, Shape.Vector(site.Input.Channels))
    {
        if (Input.IsVector)
        {
            throw new LayerMisfitException($"globalaveragepool needs an image but gets a vector of {Input}; put it before the flatten layer.");
        }
    }

    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define("globalaveragepool", "The mean of each channel, as a vector.", () => new GlobalAveragePoolOptions());

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context)
    {
        for (int n = 0; n < context.Samples; n++)
        {
            context.Kernels.AveragePool2d.GlobalForward(x.Slice(n * Input.Stride, Input.Count), y.Slice(n * Output.Stride, Output.Count));
        }
    }

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        int positions = Input.Height * Input.Width;
        for (int c = 0; c < y.Length; c++)
        {
            y[c] = 0;
            foreach (double value in x.Slice(c * positions, positions))
            {
                y[c] += value / positions;
            }
        }
    }

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context)
    {
        for (int n = 0; n < context.Samples; n++)
        {
            AveragePool2dKernels.GlobalInputGradient(dy.Slice(n * Output.Stride, Output.Count), dx.Slice(n * Input.Stride, Input.Count));
        }
    }
}
