using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Relu"/>.</summary>
public sealed record ReluOptions : LayerOptions
{
    /// <inheritdoc/>
    public override TypeDefinition Definition => Relu.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "relu";

    /// <inheritdoc/>
    public override string Summary => "";

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new Relu(site));
}

/// <summary>Rectifier, <c>y = x ≤ 0 ? 0 : x</c> (PyTorch <c>nn.ReLU</c>, ONNX <c>Relu</c>). Any shape.</summary>
/// <param name="site">Its place in the network.</param>
public sealed class Relu(LayerSite site) : Layer(site, site.Input)
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define("relu", "Rectifier, max(0, x).", () => new ReluOptions());

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context) => context.Kernels.Elementwise.Relu(x, y);

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        for (int i = 0; i < x.Length; i++)
        {
            context.Choices.Note(x[i] <= 0 ? 0 : 1);
            y[i] = x[i] <= 0 ? 0 : x[i];
        }
    }

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) =>
        context.Kernels.Elementwise.ReluGradient(y, dy, dx);
}
