using System.Runtime.CompilerServices;

namespace ConvNN.Kernels;

/// <summary>
/// The counter-based generator Philox 4×32-10: a bijection of a 128-bit counter under a 64-bit key whose outputs pass
/// for independent random words.
/// </summary>
/// <remarks>
/// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. It has no state, so any
/// worker can draw any number at any time and gets the same one.
/// </remarks>
public static class Philox4x32
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>The four random words that belong to a counter under a key.</summary>
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
}
