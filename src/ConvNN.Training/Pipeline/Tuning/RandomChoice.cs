using ConvNN.Model.Randomness;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Pipeline.Tuning;

/// <summary>Takes another number of threads after one step or a few, at random, to prove that the weights do not depend on it.</summary>
/// <param name="candidates">The numbers of threads to draw from, in ascending order.</param>
/// <param name="seed">The same seed draws the same numbers.</param>
internal sealed class RandomChoice(IReadOnlyList<int> candidates, ulong seed) : IThreadChoice
{
    private const int MostSteps = 5;

    private readonly RandomStream _random = new(seed, RandomPurpose.Threads);
    private uint _drawn;

    /// <inheritdoc/>
    public int Most => candidates[^1];

    /// <inheritdoc/>
    public int Threads => candidates[0];

    /// <inheritdoc/>
    public Segment Next() => new(candidates[Draw(candidates.Count)], 1 + Draw(MostSteps));

    /// <inheritdoc/>
    public WorkersChanged? Observe(SegmentTime time) => null;

    private int Draw(int count) => (int)(_random.Word(_drawn++) % (uint)count);
}
