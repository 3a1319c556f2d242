using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ConvNN.Kernels.Functions;

/// <summary>
/// The counter-based generator Philox 4×32-10: a bijection of a 128-bit counter, selected by a 64-bit key, whose outputs behave
/// like independent random words.
/// </summary>
/// <remarks>
/// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. It has no state: any worker can draw
/// any number at any time, and the number is always the same.
/// </remarks>
public static class Philox4x32
{
    /// <summary>Number of counters per call of <see cref="Blocks"/>.</summary>
    public const int BlocksPerGroup = 16;

    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>The four random words for a counter and a key.</summary>
    /// <param name="counter0">The lowest word of the counter.</param>
    /// <param name="counter1">The second word of the counter.</param>
    /// <param name="counter2">The third word of the counter.</param>
    /// <param name="counter3">The highest word of the counter.</param>
    /// <param name="key">The key; its low half is the first key word.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint W0, uint W1, uint W2, uint W3) Block(uint counter0, uint counter1, uint counter2, uint counter3, ulong key)
    {
        uint key0 = (uint)key;
        uint key1 = (uint)(key >> 32);

        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * counter0;
            ulong product1 = (ulong)Multiplier1 * counter2;
            counter0 = (uint)(product1 >> 32) ^ counter1 ^ key0;
            counter1 = (uint)product1;
            counter2 = (uint)(product0 >> 32) ^ counter3 ^ key1;
            counter3 = (uint)product0;
            key0 += Weyl0;
            key1 += Weyl1;
        }

        return (counter0, counter1, counter2, counter3);
    }

    /// <summary>The words of <see cref="BlocksPerGroup"/> consecutive counters, as [word, counter].</summary>
    /// <param name="counter0">The lowest word of the first counter; the other counters count up from it, without a carry.</param>
    /// <param name="counter1">The second word of the counters.</param>
    /// <param name="counter2">The third word of the counters.</param>
    /// <param name="counter3">The highest word of the counters.</param>
    /// <param name="key">The key; its low half is the first key word.</param>
    /// <param name="words">Receives four words for each counter.</param>
    public static void Blocks(uint counter0, uint counter1, uint counter2, uint counter3, ulong key, Span<uint> words)
    {
        if (!Avx512F.IsSupported)
        {
            for (int i = 0; i < BlocksPerGroup; i++)
            {
                (words[i], words[i + BlocksPerGroup], words[i + (2 * BlocksPerGroup)], words[i + (3 * BlocksPerGroup)]) =
                    Block(counter0 + (uint)i, counter1, counter2, counter3, key);
            }

            return;
        }

        Vector512<uint> c0 = Vector512.Create(counter0) + Vector512<uint>.Indices, c1 = Vector512.Create(counter1);
        Vector512<uint> c2 = Vector512.Create(counter2), c3 = Vector512.Create(counter3);
        uint key0 = (uint)key, key1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            (Vector512<uint> high0, Vector512<uint> low0) = Product(c0, Multiplier0);
            (Vector512<uint> high1, Vector512<uint> low1) = Product(c2, Multiplier1);
            (c0, c1, c2, c3) = (high1 ^ c1 ^ Vector512.Create(key0), low1, high0 ^ c3 ^ Vector512.Create(key1), low0);
            key0 += Weyl0;
            key1 += Weyl1;
        }

        c0.CopyTo(words);
        c1.CopyTo(words[BlocksPerGroup..]);
        c2.CopyTo(words[(2 * BlocksPerGroup)..]);
        c3.CopyTo(words[(3 * BlocksPerGroup)..]);
    }

    /// <summary>The high and low halves of each lane's 64-bit product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<uint> High, Vector512<uint> Low) Product(Vector512<uint> value, uint multiplier)
    {
        Vector512<uint> factor = Vector512.Create(multiplier);
        Vector512<ulong> even = Avx512F.Multiply(value, factor), odd = Avx512F.Multiply((value.AsUInt64() >> 32).AsUInt32(), factor);
        Vector512<ulong> upper = Vector512.Create(0xFFFFFFFF00000000);
        return (((even >> 32) | (odd & upper)).AsUInt32(), (Vector512.AndNot(even, upper) | (odd << 32)).AsUInt32());
    }
}
