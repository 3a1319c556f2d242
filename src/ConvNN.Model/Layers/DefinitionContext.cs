using ConvNN.Model.Parameters;
using ConvNN.Model.Randomness;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Layers;

/// <summary>What a layer's definition in double precision works with: one sample, the weights, and a place to note choices.</summary>
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

    /// <summary>Told of every choice between branches: where a function that is smooth in pieces has its kinks.</summary>
    public required ChoiceTrail Choices { get; init; }

    /// <summary>The second input of a step that ends a shortcut; empty for the others.</summary>
    public ReadOnlySpan<double> Shortcut { get; init; }

    /// <summary>The values of a parameter, rows with their padding.</summary>
    public ReadOnlySpan<double> Value(Parameter parameter) => Weights.Slice(parameter.Offset, parameter.Length);

    /// <summary>The random numbers of the sample for a purpose of a layer: those of <see cref="SampleRun.Random"/>.</summary>
    public RandomStream Random(RandomPurpose purpose, int layer) => new(Seed, purpose, layer, Epoch, Index);
}
