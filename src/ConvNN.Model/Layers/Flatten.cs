using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Flatten"/>.</summary>
public sealed record FlattenOptions : LayerOptions
{
    /// <inheritdoc/>
    public override TypeDefinition Definition => Flatten.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "flatten";

    /// <inheritdoc/>
    public override string Summary => "";

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new Flatten(site));
}

/// <summary>Turns an image into the vector of its values, [C, H, W] row-major (PyTorch <c>nn.Flatten</c>, ONNX <c>Flatten</c>).</summary>
/// <param name="site">Its place in the network.</param>
public sealed class Flatten(LayerSite site) : Layer(site, Shape.Vector(site.Input.Count, site.Input.Maps))
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define("flatten", "Turns an image into a vector.", () => new FlattenOptions());

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context) => x.CopyTo(y);

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context) => x.CopyTo(y);

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) => dy.CopyTo(dx);
}
