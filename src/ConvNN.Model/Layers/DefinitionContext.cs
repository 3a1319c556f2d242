using ConvNN.Model.Parameters;
using ConvNN.Model.Randomness;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Layers;

/// <summary>The context of a layer's definition in double precision: one sample, the weights, and a record of the branches taken.</summary>
public readonly ref struct DefinitionContext
{
    /// <summary>The flat buffer of all weights, in doubles.</summary>
    public required ReadOnlySpan<double> Weights { get; init; }

    /// <summary>Whether dropout and the like are on.</summary>
    public required bool IsTraining { get; init; }

    /// <summary>The run's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The sample's index in its dataset.</summary>
    public required int Index { get; init; }

    /// <summary>Records every branch taken: a piecewise smooth function has its kinks where branches change.</summary>
    public required ChoiceTrail Choices { get; init; }

    /// <summary>The second input of a layer that ends a shortcut; empty for other layers.</summary>
    public ReadOnlySpan<double> Shortcut { get; init; }

    /// <summary>The values of a parameter, rows with padding.</summary>
    public ReadOnlySpan<double> Value(Parameter parameter) => Weights.Slice(parameter.Offset, parameter.Length);

    /// <summary>The random numbers of the sample, for one layer and purpose: those of <see cref="SampleRun.Random"/>.</summary>
    public RandomStream Random(RandomPurpose purpose, int layer) => new(Seed, purpose, layer, Epoch, Index);
}
