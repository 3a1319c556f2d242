using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ConvNN.Kernels.Vectors;

/// <summary>Which lanes of a vector a kernel writes.</summary>
internal interface IVectorStore<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Writes lane l, if it is one of the store's lanes, to <paramref name="index"/> + l.</summary>
    void Store(TVector value, ref float target, nuint index);
}

/// <summary>All lanes.</summary>
internal readonly struct WholeStore<TVector> : IVectorStore<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(TVector value, ref float target, nuint index) => TVector.Store(value, ref target, index);
}

/// <summary>
/// The lanes [<paramref name="first"/>, <paramref name="first"/> + <paramref name="count"/>), fewer than all. Nothing is written to the
/// others, not even what is there already: they may belong to another thread.
/// </summary>
internal readonly struct PartStore<TVector>(int first, int count) : IVectorStore<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(TVector value, ref float target, nuint index)
    {
        if (typeof(TVector) == typeof(Float512) && Avx512F.IsSupported)
        {
            Unsafe.BitCast<TVector, Float512>(value).StorePart(ref target, index, first, count);
            return;
        }

        Vector512<float> memory = default;
        ref float lanes = ref Unsafe.As<Vector512<float>, float>(ref memory);
        TVector.Store(value, ref lanes, 0);
        lanes = ref Unsafe.Add(ref lanes, first);
        target = ref Unsafe.Add(ref target, index + (nuint)first);

        // Pieces of 8, 4, 2 and 1 lanes, as the binary digits of the count say.
        nuint done = 0;
        if ((count & 8) != 0)
        {
            Vector256.LoadUnsafe(ref lanes).StoreUnsafe(ref target);
            done = 8;
        }

        if ((count & 4) != 0)
        {
            Vector128.LoadUnsafe(ref lanes, done).StoreUnsafe(ref target, done);
            done += 4;
        }

        if ((count & 2) != 0)
        {
            Vector64.LoadUnsafe(ref lanes, done).StoreUnsafe(ref target, done);
            done += 2;
        }

        if ((count & 1) != 0)
        {
            Unsafe.Add(ref target, done) = Unsafe.Add(ref lanes, done);
        }
    }
}
