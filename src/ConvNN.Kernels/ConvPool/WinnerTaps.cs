using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <summary>
/// The gradients of a 3×3 filter of a fused convolution if one vector holds a row of windows: selects the inputs that the winner of
/// each window saw, so that a tap is one multiply-add for all four places.
/// </summary>
internal static class WinnerTaps
{
    /// <summary>Whether it computes the gradients of a convolution.</summary>
    public static bool Supports(in ConvPoolGeometry geometry) =>
        Vector512.IsHardwareAccelerated && geometry.PooledWidth <= Lanes.Count && geometry.Convolution is { KernelHeight: 3, KernelWidth: 3 };

    /// <summary>Adds the products of all windows of a filter and a channel to nine chains, and the gradients to the bias's.</summary>
    /// <param name="plane">The channel.</param>
    /// <param name="split">The sizes of the plane.</param>
    /// <param name="dy">The gradients; a vector is read from the beginning of each row.</param>
    /// <param name="winners">The winners, likewise.</param>
    /// <param name="windows">Rows of windows, and windows per row.</param>
    /// <param name="chains">[3, 3, 16].</param>
    /// <param name="bias">The 16 lanes of the bias.</param>
    public static void Add(
        ref float plane, in SplitPlane split, ref float dy, ref byte winners, (int Rows, int Width) windows, ref float chains, ref float bias)
    {
        nuint odd = (nuint)split.Half, below = (nuint)split.RowStride;
        Vector512<int> isOwn = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(windows.Width));
        Vector512<float> s0 = Load(ref chains, 0), s1 = Load(ref chains, 16), s2 = Load(ref chains, 32);
        Vector512<float> s3 = Load(ref chains, 48), s4 = Load(ref chains, 64), s5 = Load(ref chains, 80);
        Vector512<float> s6 = Load(ref chains, 96), s7 = Load(ref chains, 112), s8 = Load(ref chains, 128);
        Vector512<float> sum = Load(ref bias, 0);
        for (int row = 0; row < windows.Rows; row++)
        {
            // Places are numbered from 1 by rows: even numbers are on the right, 3 and 4 below.
            Vector512<int> winner = Float512.LoadBytes(ref winners).Bits & isOwn;
            Vector512<float> delta = Vector512.ConditionalSelect(Vector512.Equals(winner, Vector512<int>.Zero).AsSingle(), Vector512<float>.Zero, Load(ref dy, 0));
            Vector512<float> isRight = Vector512.Equals(winner & Vector512<int>.One, Vector512<int>.Zero).AsSingle();
            Vector512<float> isBelow = Vector512.GreaterThan(winner, Vector512.Create(2)).AsSingle();
            sum += delta;
            (Vector512<float> a0, Vector512<float> a1, Vector512<float> a2) = Seen(ref plane, odd, isRight);
            plane = ref Unsafe.Add(ref plane, below);
            (Vector512<float> b0, Vector512<float> b1, Vector512<float> b2) = Seen(ref plane, odd, isRight);
            s0 = Vector512.FusedMultiplyAdd(delta, Vector512.ConditionalSelect(isBelow, b0, a0), s0);
            s1 = Vector512.FusedMultiplyAdd(delta, Vector512.ConditionalSelect(isBelow, b1, a1), s1);
            s2 = Vector512.FusedMultiplyAdd(delta, Vector512.ConditionalSelect(isBelow, b2, a2), s2);
            plane = ref Unsafe.Add(ref plane, below);
            (a0, a1, a2) = Seen(ref plane, odd, isRight);
            s3 = Vector512.FusedMultiplyAdd(delta, Vector512.ConditionalSelect(isBelow, a0, b0), s3);
            s4 = Vector512.FusedMultiplyAdd(delta, Vector512.ConditionalSelect(isBelow, a1, b1), s4);
            s5 = Vector512.FusedMultiplyAdd(delta, Vector512.ConditionalSelect(isBelow, a2, b2), s5);
            (b0, b1, b2) = Seen(ref Unsafe.Add(ref plane, below), odd, isRight);
            s6 = Vector512.FusedMultiplyAdd(delta, Vector512.ConditionalSelect(isBelow, b0, a0), s6);
            s7 = Vector512.FusedMultiplyAdd(delta, Vector512.ConditionalSelect(isBelow, b1, a1), s7);
            s8 = Vector512.FusedMultiplyAdd(delta, Vector512.ConditionalSelect(isBelow, b2, a2), s8);
            dy = ref Unsafe.Add(ref dy, windows.Width);
            winners = ref Unsafe.Add(ref winners, windows.Width);
        }

        s0.StoreUnsafe(ref chains);
        s1.StoreUnsafe(ref chains, 16);
        s2.StoreUnsafe(ref chains, 32);
        s3.StoreUnsafe(ref chains, 48);
        s4.StoreUnsafe(ref chains, 64);
        s5.StoreUnsafe(ref chains, 80);
        s6.StoreUnsafe(ref chains, 96);
        s7.StoreUnsafe(ref chains, 112);
        s8.StoreUnsafe(ref chains, 128);
        sum.StoreUnsafe(ref bias);
    }

    /// <summary>A row's inputs at three taps, for the left or the right place of each window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> First, Vector512<float> Second, Vector512<float> Third) Seen(ref float row, nuint odd, Vector512<float> isRight)
    {
        Vector512<float> x1 = Load(ref row, odd), x2 = Load(ref row, 1);
        return (
            Vector512.ConditionalSelect(isRight, x1, Load(ref row, 0)),
            Vector512.ConditionalSelect(isRight, x2, x1),
            Vector512.ConditionalSelect(isRight, Load(ref row, odd + 1), x2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(ref float source, nuint index) => Vector512.LoadUnsafe(ref source, index);
}
