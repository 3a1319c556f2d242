using ConvNN.Model.Layers;
using ConvNN.Model.Options;
using ConvNN.Model.Parameters;

namespace ConvNN.Model.Tests.Checking;

/// <summary>A layer <c>y = w · x</c>, element by element, whose gradients are as wrong as one likes.</summary>
public sealed record CrookedOptions : LayerOptions
{
    /// <summary>What the gradient by the weights is multiplied by; 1 would be right.</summary>
    public float WeightFactor { get; init; } = 1;

    /// <summary>What the gradient by the input is multiplied by; 1 would be right.</summary>
    public float InputFactor { get; init; } = 1;

    public static TypeDefinition<LayerOptions> Registration { get; } = LayerType.Define("crooked", "Wrong gradients.", () => new CrookedOptions());

    public override TypeDefinition Definition => Registration;

    public override string NamePrefix => "crooked";

    public override string Summary => "";

    public override void AddTo(LayerStack stack) => stack.Add(site => new Crooked(this, site));
}

/// <summary>The layer of <see cref="CrookedOptions"/>.</summary>
internal sealed class Crooked(CrookedOptions options, LayerSite site) : Layer(site, site.Input)
{
    private readonly Parameter _weight = site.AddParameter(0, "weight", [site.Input.Count], Initializer.KaimingNormal(fanIn: 1));

    public override bool HasParameters => true;

    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context)
    {
        ReadOnlySpan<float> weight = context.Value(_weight);
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = i % Input.Stride < Input.Count ? weight[i % Input.Stride] * x[i] : 0;
        }
    }

    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = context.Value(_weight)[i] * x[i];
        }
    }

    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context)
    {
        for (int i = 0; i < dy.Length; i++)
        {
            dx[i] = i % Input.Stride < Input.Count ? options.InputFactor * context.Value(_weight)[i % Input.Stride] * dy[i] : 0;
        }
    }

    public override void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, SubtreeGradient gradient, in LayerContext context)
    {
        Span<float> sum = gradient.Of(_weight);
        sum.Clear();
        for (int i = gradient.Edges[0] * Input.Stride; i < gradient.Edges[^1] * Input.Stride; i++)
        {
            sum[i % Input.Stride] += options.WeightFactor * x[i] * dy[i];
        }
    }
}
