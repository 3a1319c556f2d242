using System.Runtime.CompilerServices;

namespace ConvNN.Kernels.Convolution;

/// <content>
/// Tiles of the parameter gradients: a sample's positions, in order, for several taps of one or two vectors of filters. If fewer
/// taps remain than fit in a tile, the last tap is computed again, with the same bits.
/// </content>
internal sealed partial class Conv2dVector<TVector>
{
    private const int TapsOfTwoVectors = 6;
    private const int TapsOfOneVector = 8;

    private static void TwoVectors(ref float plane, ReadOnlySpan<int> offsets, ref float deltas, ref float target, int stride, in Positions positions)
    {
        nuint lanes = (nuint)TVector.Count;
        ref float x0 = ref Unsafe.Add(ref plane, At(offsets, 0)), r0 = ref Row(ref target, 0, offsets, stride);
        ref float x1 = ref Unsafe.Add(ref plane, At(offsets, 1)), r1 = ref Row(ref target, 1, offsets, stride);
        ref float x2 = ref Unsafe.Add(ref plane, At(offsets, 2)), r2 = ref Row(ref target, 2, offsets, stride);
        ref float x3 = ref Unsafe.Add(ref plane, At(offsets, 3)), r3 = ref Row(ref target, 3, offsets, stride);
        ref float x4 = ref Unsafe.Add(ref plane, At(offsets, 4)), r4 = ref Row(ref target, 4, offsets, stride);
        ref float x5 = ref Unsafe.Add(ref plane, At(offsets, 5)), r5 = ref Row(ref target, 5, offsets, stride);
        TVector a0 = TVector.Load(ref r0, 0), b0 = TVector.Load(ref r0, lanes);
        TVector a1 = TVector.Load(ref r1, 0), b1 = TVector.Load(ref r1, lanes);
        TVector a2 = TVector.Load(ref r2, 0), b2 = TVector.Load(ref r2, lanes);
        TVector a3 = TVector.Load(ref r3, 0), b3 = TVector.Load(ref r3, lanes);
        TVector a4 = TVector.Load(ref r4, 0), b4 = TVector.Load(ref r4, lanes);
        TVector a5 = TVector.Load(ref r5, 0), b5 = TVector.Load(ref r5, lanes);
        for (int row = 0; row < positions.Rows; row++)
        {
            nint at = positions.First + (row * positions.RowStep);
            ref float delta = ref Unsafe.Add(ref deltas, row * positions.DeltaStep);
            for (int column = 0; column < positions.Columns; column++, at += positions.Step)
            {
                TVector a = TVector.Load(ref delta, 0), b = TVector.Load(ref delta, lanes);
                TVector x = TVector.Broadcast(Unsafe.Add(ref x0, at));
                a0 = TVector.MultiplyAdd(a, x, a0);
                b0 = TVector.MultiplyAdd(b, x, b0);
                x = TVector.Broadcast(Unsafe.Add(ref x1, at));
                a1 = TVector.MultiplyAdd(a, x, a1);
                b1 = TVector.MultiplyAdd(b, x, b1);
                x = TVector.Broadcast(Unsafe.Add(ref x2, at));
                a2 = TVector.MultiplyAdd(a, x, a2);
                b2 = TVector.MultiplyAdd(b, x, b2);
                x = TVector.Broadcast(Unsafe.Add(ref x3, at));
                a3 = TVector.MultiplyAdd(a, x, a3);
                b3 = TVector.MultiplyAdd(b, x, b3);
                x = TVector.Broadcast(Unsafe.Add(ref x4, at));
                a4 = TVector.MultiplyAdd(a, x, a4);
                b4 = TVector.MultiplyAdd(b, x, b4);
                x = TVector.Broadcast(Unsafe.Add(ref x5, at));
                a5 = TVector.MultiplyAdd(a, x, a5);
                b5 = TVector.MultiplyAdd(b, x, b5);
                delta = ref Unsafe.Add(ref delta, stride);
            }
        }

        TVector.Store(a0, ref r0, 0);
        TVector.Store(b0, ref r0, lanes);
        TVector.Store(a1, ref r1, 0);
        TVector.Store(b1, ref r1, lanes);
        TVector.Store(a2, ref r2, 0);
        TVector.Store(b2, ref r2, lanes);
        TVector.Store(a3, ref r3, 0);
        TVector.Store(b3, ref r3, lanes);
        TVector.Store(a4, ref r4, 0);
        TVector.Store(b4, ref r4, lanes);
        TVector.Store(a5, ref r5, 0);
        TVector.Store(b5, ref r5, lanes);
    }

    private static void OneVector<TInputs>(ref float plane, ReadOnlySpan<int> offsets, ref float deltas, ref float target, int stride, in Positions positions)
        where TInputs : IInputs
    {
        ref float x0 = ref Unsafe.Add(ref plane, TInputs.Place(At(offsets, 0), stride)), r0 = ref Row(ref target, 0, offsets, stride);
        ref float x1 = ref Unsafe.Add(ref plane, TInputs.Place(At(offsets, 1), stride)), r1 = ref Row(ref target, 1, offsets, stride);
        ref float x2 = ref Unsafe.Add(ref plane, TInputs.Place(At(offsets, 2), stride)), r2 = ref Row(ref target, 2, offsets, stride);
        ref float x3 = ref Unsafe.Add(ref plane, TInputs.Place(At(offsets, 3), stride)), r3 = ref Row(ref target, 3, offsets, stride);
        ref float x4 = ref Unsafe.Add(ref plane, TInputs.Place(At(offsets, 4), stride)), r4 = ref Row(ref target, 4, offsets, stride);
        ref float x5 = ref Unsafe.Add(ref plane, TInputs.Place(At(offsets, 5), stride)), r5 = ref Row(ref target, 5, offsets, stride);
        ref float x6 = ref Unsafe.Add(ref plane, TInputs.Place(At(offsets, 6), stride)), r6 = ref Row(ref target, 6, offsets, stride);
        ref float x7 = ref Unsafe.Add(ref plane, TInputs.Place(At(offsets, 7), stride)), r7 = ref Row(ref target, 7, offsets, stride);
        TVector s0 = TVector.Load(ref r0, 0), s1 = TVector.Load(ref r1, 0);
        TVector s2 = TVector.Load(ref r2, 0), s3 = TVector.Load(ref r3, 0);
        TVector s4 = TVector.Load(ref r4, 0), s5 = TVector.Load(ref r5, 0);
        TVector s6 = TVector.Load(ref r6, 0), s7 = TVector.Load(ref r7, 0);
        for (int row = 0; row < positions.Rows; row++)
        {
            int first = positions.First + (row * positions.RowStep);
            ref float delta = ref Unsafe.Add(ref deltas, row * positions.DeltaStep);
            for (int column = 0; column < positions.Columns; column++)
            {
                int at = TInputs.Place(first + (column * positions.Step), stride);
                TVector d = TVector.Load(ref delta, 0);
                s0 = TVector.MultiplyAdd(d, TInputs.Load(ref x0, at), s0);
                s1 = TVector.MultiplyAdd(d, TInputs.Load(ref x1, at), s1);
                s2 = TVector.MultiplyAdd(d, TInputs.Load(ref x2, at), s2);
                s3 = TVector.MultiplyAdd(d, TInputs.Load(ref x3, at), s3);
                s4 = TVector.MultiplyAdd(d, TInputs.Load(ref x4, at), s4);
                s5 = TVector.MultiplyAdd(d, TInputs.Load(ref x5, at), s5);
                s6 = TVector.MultiplyAdd(d, TInputs.Load(ref x6, at), s6);
                s7 = TVector.MultiplyAdd(d, TInputs.Load(ref x7, at), s7);
                delta = ref Unsafe.Add(ref delta, stride);
            }
        }

        TVector.Store(s0, ref r0, 0);
        TVector.Store(s1, ref r1, 0);
        TVector.Store(s2, ref r2, 0);
        TVector.Store(s3, ref r3, 0);
        TVector.Store(s4, ref r4, 0);
        TVector.Store(s5, ref r5, 0);
        TVector.Store(s6, ref r6, 0);
        TVector.Store(s7, ref r7, 0);
    }

    /// <summary>Rows and columns of outputs, and the steps from one to the next: of its window's corner in the plane, and of its gradient.</summary>
    private readonly record struct Positions(int Rows, int Columns, int First, int RowStep, int Step, int DeltaStep);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int At(ReadOnlySpan<int> offsets, int tap) => offsets[Math.Min(tap, offsets.Length - 1)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref float Row(ref float target, int tap, ReadOnlySpan<int> offsets, int stride) =>
        ref Unsafe.Add(ref target, Math.Min(tap, offsets.Length - 1) * stride);
}
