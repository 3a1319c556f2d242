using System.Runtime.CompilerServices;

namespace ConvNN.Kernels.Vectors;

/// <summary>What tiles of several accumulators have in common.</summary>
internal static class VectorTile<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>
    /// Stores four finished chains, <paramref name="stride"/> floats apart, each plus <c>0f</c> as a leaf ends. The lanes of
    /// a lane sum lose nothing by it: their halves are added, and the sum ends in <c>+ 0f</c> too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector s0, TVector s1, TVector s2, TVector s3, ref float target, int stride)
    {
        TVector.Store(TVector.Add(s0, TVector.Zero), ref target, 0);
        TVector.Store(TVector.Add(s1, TVector.Zero), ref target, (nuint)stride);
        TVector.Store(TVector.Add(s2, TVector.Zero), ref target, (nuint)(2 * stride));
        TVector.Store(TVector.Add(s3, TVector.Zero), ref target, (nuint)(3 * stride));
    }

    /// <summary>Stores two finished chains, one behind the other, each plus <c>0f</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector s0, TVector s1, ref float target)
    {
        TVector.Store(TVector.Add(s0, TVector.Zero), ref target, 0);
        TVector.Store(TVector.Add(s1, TVector.Zero), ref target, (nuint)TVector.Count);
    }
}
