using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;

namespace ConvNN.Model.Tests.Layers;

/// <summary>A configured layer with the shape that reaches it and the shape that leaves it.</summary>
/// <param name="Input">The shape of an input sample.</param>
/// <param name="Options">The layer.</param>
/// <param name="Output">The shape that its output must have.</param>
/// <param name="Values">What the input holds.</param>
/// <param name="IsExact">Whether the layer is linear between its kinks, and its sums of small multiples of ¼ need no rounding.</param>
public sealed record LayerCase(Shape Input, LayerOptions Options, Shape Output, ProbeValues Values = ProbeValues.Halves, bool IsExact = true)
{
    /// <summary>Layers before it.</summary>
    public IReadOnlyList<LayerOptions> Before { get; init; } = [];

    /// <summary>The layer amid random operands.</summary>
    public LayerProbe CreateProbe(int batch, int seed, KernelTier? tier = null) => new(this, batch, seed, tier ?? KernelSet.BestTier);
}

/// <summary>What a probe's input holds.</summary>
public enum ProbeValues
{
    /// <summary>Odd multiples of ½ up to ±2½: a small step never crosses the kink of a rectifier.</summary>
    Halves,

    /// <summary>Odd sixteenths up to ±2½: several layers deep, ties and kinks are rare.</summary>
    Sixteenths,

    /// <summary>Whole numbers, all different: a small step never changes the maximum of a window.</summary>
    Distinct,
}
