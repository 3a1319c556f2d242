using System.Runtime.CompilerServices;

namespace ConvNN.Kernels.Vectors;

/// <summary>Stores the accumulators of a tile.</summary>
internal static class VectorTile<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>
    /// Stores four finished chains, <paramref name="stride"/> floats apart, and adds <c>0f</c> to each, as at the end of a leaf.
    /// This does not change a lane sum: its lanes are added up, and the result gets <c>+ 0f</c> anyway.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector s0, TVector s1, TVector s2, TVector s3, ref float target, int stride)
    {
        TVector.Store(TVector.Add(s0, TVector.Zero), ref target, 0);
        TVector.Store(TVector.Add(s1, TVector.Zero), ref target, (nuint)stride);
        TVector.Store(TVector.Add(s2, TVector.Zero), ref target, (nuint)(2 * stride));
        TVector.Store(TVector.Add(s3, TVector.Zero), ref target, (nuint)(3 * stride));
    }

    /// <summary>Stores two finished chains contiguously and adds <c>0f</c> to each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector s0, TVector s1, ref float target)
    {
        TVector.Store(TVector.Add(s0, TVector.Zero), ref target, 0);
        TVector.Store(TVector.Add(s1, TVector.Zero), ref target, (nuint)TVector.Count);
    }
}
