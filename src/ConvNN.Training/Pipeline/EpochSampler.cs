using ConvNN.Model.Randomness;

namespace ConvNN.Training.Pipeline;

/// <summary>The order in which an epoch visits its images: a random permutation that depends on seed and epoch alone.</summary>
public sealed class EpochSampler
{
    private readonly ulong _seed;

    /// <summary>Creates the sampler of a dataset.</summary>
    /// <param name="count">Number of images.</param>
    /// <param name="seed">The run's seed.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public EpochSampler(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _seed = seed;
    }

    /// <summary>Number of images in an epoch.</summary>
    public int Count { get; }

    /// <summary>Fills <paramref name="order"/> with 0 to <see cref="Count"/> − 1, each once, in the order of an epoch.</summary>
    /// <remarks>Fisher and Yates' shuffle in Durstenfeld's form, "Algorithm 235: Random permutation", 1964.</remarks>
    /// <exception cref="ArgumentException"><paramref name="order"/> is not <see cref="Count"/> long.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epoch"/> is negative.</exception>
    public void Shuffle(int epoch, Span<int> order)
    {
        if (order.Length != Count)
        {
            throw new ArgumentException($"The order of an epoch has {Count} places, found {order.Length}.", nameof(order));
        }

        var random = new RandomStream(_seed, RandomPurpose.Shuffle, epoch: epoch);

        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        for (int i = order.Length - 1; i >= 1; i--)
        {
            int j = random.Below((uint)i, i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }
}
