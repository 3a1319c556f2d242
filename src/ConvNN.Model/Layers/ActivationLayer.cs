using ConvNN.Kernels.Activations;

namespace ConvNN.Model.Layers;

/// <summary>A layer that applies a function to each value. Any shape.</summary>
/// <typeparam name="TActivation">The function.</typeparam>
public abstract class ActivationLayer<TActivation> : Layer
    where TActivation : struct, IActivation
{
    private readonly TActivation _function;

    /// <summary>Creates the layer.</summary>
    /// <param name="site">Its place in the network.</param>
    /// <param name="function">The function.</param>
    protected ActivationLayer(LayerSite site, TActivation function)
        : base(site, site.Input) =>
        _function = function;

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context)
    {
        context.Kernels.Activations.Forward(_function, x, y);
        Output.ClearPadding(y, context.Samples);
    }

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        for (int i = 0; i < x.Length; i++)
        {
            context.Choices.Note(_function.Branch(x[i]));
            y[i] = _function.Define(x[i]);
        }
    }

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) =>
        context.Kernels.Activations.Gradient(_function, x, dy, dx);
}
