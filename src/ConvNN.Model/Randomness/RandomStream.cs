using ConvNN.Kernels.Functions;

namespace ConvNN.Model.Randomness;

/// <summary>
/// A stateless stream of random numbers: number <c>unit</c> of the stream depends only on seed, purpose, layer, epoch and
/// dataset index, so it does not matter which thread draws it, when, or in which order.
/// </summary>
/// <remarks>
/// The 128-bit counter of <see cref="Philox4x32"/> is (block of units, dataset index, epoch, purpose and layer);
/// the seed is its key. Two layers, epochs or samples never share a number.
/// </remarks>
public readonly struct RandomStream
{
    /// <summary>The largest layer ordinal: it shares a counter word with the purpose.</summary>
    public const int MaxLayer = (1 << 24) - 1;

    private readonly ulong _seed;
    private readonly uint _purposeAndLayer;
    private readonly uint _epoch;
    private readonly uint _index;

    /// <summary>Creates the stream for one purpose.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="layer">Ordinal of the layer that draws, 0 to <see cref="MaxLayer"/>; 0 outside the network.</param>
    /// <param name="epoch">The epoch, or the ordinal of the tensor for <see cref="RandomPurpose.Initialization"/>.</param>
    /// <param name="index">Index of the sample in its dataset; 0 if there is none.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative or <paramref name="layer"/> is too large.</exception>
    public RandomStream(ulong seed, RandomPurpose purpose, int layer = 0, int epoch = 0, int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layer, MaxLayer);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        _seed = seed;
        _purposeAndLayer = ((uint)purpose << 24) | (uint)layer;
        _epoch = (uint)epoch;
        _index = (uint)index;
    }

    /// <summary>Random word <paramref name="unit"/> of the stream.</summary>
    /// <remarks>
    /// Units are assigned 64 at a time to 16 consecutive counters: unit u is word (u / 16) mod 4 of counter u mod 16. Sixteen
    /// consecutive units are then the same word of sixteen counters, one per vector lane.
    /// </remarks>
    public uint Word(uint unit)
    {
        (uint w0, uint w1, uint w2, uint w3) = Block((unit / 64 * 16) + (unit % 16));
        return (unit / 16 % 4) switch { 0 => w0, 1 => w1, 2 => w2, _ => w3 };
    }

    /// <summary>Fills <paramref name="words"/> with units 0, 1, 2, … of the stream: the same as <see cref="Word"/> for each.</summary>
    public void Fill(Span<uint> words)
    {
        const int GroupLength = 4 * Philox4x32.BlocksPerGroup;
        int group = 0;
        for (; group <= words.Length - GroupLength; group += GroupLength)
        {
            Philox4x32.Blocks((uint)(group / 4), _index, _epoch, _purposeAndLayer, _seed, words.Slice(group, GroupLength));
        }

        for (; group < words.Length; group += GroupLength)
        {
            for (int lane = 0; lane < 16 && group + lane < words.Length; lane++)
            {
                (uint w0, uint w1, uint w2, uint w3) = Block((uint)((group / 4) + lane));
                Set(words, group + lane, w0);
                Set(words, group + lane + 16, w1);
                Set(words, group + lane + 32, w2);
                Set(words, group + lane + 48, w3);
            }
        }
    }

    /// <summary>A number uniform on [0, 1) with 53 random bits, from units 2·<paramref name="unit"/> and the one after it.</summary>
    public double Uniform(uint unit) => (LongWord(unit) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number uniform on [0, <paramref name="bound"/>), with a bias of less than bound / 2⁶⁴.</summary>
    /// <param name="unit">Which number; it takes units 2·<paramref name="unit"/> and the one after it.</param>
    /// <param name="bound">The upper bound (exclusive); at least 1.</param>
    public int Below(uint unit, int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)Math.BigMul(LongWord(unit), (ulong)bound, out _);
    }

    /// <summary>
    /// A number from the standard normal distribution, from units 4·<paramref name="unit"/> to 4·unit + 3.
    /// </summary>
    /// <remarks>Box and Muller, "A note on the generation of random normal deviates", 1958; only the cosine half is used.</remarks>
    public double Normal(uint unit)
    {
        double radius = Math.Sqrt(-2 * Elementary.Log(1 - Uniform(2 * unit)));      // 1 − u is in (0, 1]
        return radius * Elementary.Cos(2 * Math.PI * Uniform((2 * unit) + 1));
    }

    private static void Set(Span<uint> words, int unit, uint word)
    {
        if (unit < words.Length)
        {
            words[unit] = word;
        }
    }

    private ulong LongWord(uint unit) => ((ulong)Word(2 * unit) << 32) | Word((2 * unit) + 1);

    private (uint W0, uint W1, uint W2, uint W3) Block(uint block) => Philox4x32.Block(block, _index, _epoch, _purposeAndLayer, _seed);
}
