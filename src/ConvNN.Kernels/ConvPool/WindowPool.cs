using System.Runtime.CompilerServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <summary>Pools a vector of windows.</summary>
internal interface IWindowPool<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Writes the maximum of each window's four outputs and its code, both 0 if it is ≤ 0; the first of equals wins.</summary>
    /// <param name="s0">The outputs with code 1; the codes of the others follow.</param>
    /// <param name="s1">Code 2.</param>
    /// <param name="s2">Code 3.</param>
    /// <param name="s3">Code 4.</param>
    /// <param name="y">Receives the maxima.</param>
    /// <param name="winners">Receives the codes.</param>
    static abstract void Pool(TVector s0, TVector s1, TVector s2, TVector s3, ref float y, ref byte winners);
}

/// <summary>Pools outputs none of which is NaN. It takes the maximum first, then looks for the output that equals it: no comparison waits for the one before.</summary>
internal readonly struct NumberPool<TVector> : IWindowPool<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pool(TVector s0, TVector s1, TVector s2, TVector s3, ref float y, ref byte winners)
    {
        TVector best = TVector.Larger(TVector.Larger(TVector.Larger(s0, s1), TVector.Larger(s2, s3)), TVector.Zero);
        TVector winner = TVector.SelectEqual(s2, best, Code(3), Code(4));
        winner = TVector.SelectEqual(s1, best, Code(2), winner);
        winner = TVector.SelectEqual(s0, best, Code(1), winner);
        TVector.Store(best, ref y, 0);
        TVector.StoreBytes(TVector.SelectEqual(best, TVector.Zero, TVector.Zero, winner), ref winners);
    }

    /// <summary>The bits of an integer in every lane.</summary>
    public static TVector Code(int winner) => TVector.Broadcast(BitConverter.Int32BitsToSingle(winner));
}

/// <summary>Pools outputs of which some may be NaN, which counts as greater than all numbers and stays.</summary>
internal readonly struct AnyPool<TVector> : IWindowPool<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <inheritdoc/>
    public static void Pool(TVector s0, TVector s1, TVector s2, TVector s3, ref float y, ref byte winners)
    {
        TVector best = s0, winner = NumberPool<TVector>.Code(1);
        Take(s1, 2, ref best, ref winner);
        Take(s2, 3, ref best, ref winner);
        Take(s3, 4, ref best, ref winner);
        TVector.Store(TVector.ZeroWhereNotPositive(best, best), ref y, 0);
        TVector.StoreBytes(TVector.ZeroWhereNotPositive(best, winner), ref winners);

        static void Take(TVector value, int code, ref TVector best, ref TVector winner)
        {
            winner = TVector.SelectGreater(value, best, NumberPool<TVector>.Code(code), winner);
            best = TVector.SelectGreater(value, best, value, best);
        }
    }
}
