using ConvNN.Model.Parameters;
using ConvNN.Model.Randomness;

namespace ConvNN.Model.Samples;

/// <summary>Consecutive samples of a batch that go through the network in one call, and the state that the call uses.</summary>
public readonly ref struct SampleRun
{
    /// <summary>The images, [Count, Shape.Stride], normalised.</summary>
    public required ReadOnlySpan<float> Images { get; init; }

    /// <summary>The class of each sample.</summary>
    public required ReadOnlySpan<byte> Labels { get; init; }

    /// <summary>Each sample's index in its dataset: the key of its random numbers.</summary>
    public required ReadOnlySpan<int> Indices { get; init; }

    /// <summary>The flat buffer of all weights.</summary>
    public required ReadOnlySpan<float> Weights { get; init; }

    /// <summary>Whether dropout and the like are on.</summary>
    public required bool IsTraining { get; init; }

    /// <summary>The run's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Index in the workspace of the first sample, from 0; runs that share a workspace do not overlap.</summary>
    public int First { get; init; }

    /// <summary>Index, from 0, of the caller among those that share the workspace: selects the scratch memory.</summary>
    public int Member { get; init; }

    /// <summary>
    /// The leaves of the run, all complete, in training; needed only if <see cref="ParameterLayout.StatisticsLength"/> is not
    /// 0.
    /// </summary>
    public LeafRun Leaves { get; init; }

    /// <summary>Number of samples.</summary>
    public int Count => Indices.Length;

    /// <summary>The random numbers of one sample, for one layer and purpose.</summary>
    public RandomStream Random(RandomPurpose purpose, int layer, int sample) => new(Seed, purpose, layer, Epoch, Indices[sample]);
}
