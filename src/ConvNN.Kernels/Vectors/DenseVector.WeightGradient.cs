using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ConvNN.Kernels.Vectors;

/// <content>The weight gradient: lanes are inputs, and leaves and tree stay in registers.</content>
internal sealed partial class DenseVector<TVector>
{
    private protected override void WeightGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor)
    {
        ref float inputs = ref MemoryMarshal.GetReference(x);
        ref float deltas = ref MemoryMarshal.GetReference(dy);
        ref float target = ref MemoryMarshal.GetReference(dw);
        nuint stride = (nuint)geometry.InputStride;
        Span<float> last = stackalloc float[4 * TVector.Count];
        for (nuint i = 0; i < stride; i += (nuint)TVector.Count)
        {
            // The column of inputs stays in the first cache over all units.
            LeafTree<TVector> tree = new(edges, ref Unsafe.Add(ref inputs, i), geometry.InputStride, geometry.UnitStride, factor);
            int o = 0;
            for (; o <= geometry.Units - 4; o += 4)
            {
                tree.Sum(ref Unsafe.Add(ref deltas, o), ref Unsafe.Add(ref target, ((nuint)o * stride) + i), stride);
            }

            if (o < geometry.Units)
            {
                // The columns behind the last unit are padding.
                tree.Sum(ref Unsafe.Add(ref deltas, o), ref MemoryMarshal.GetReference(last), (nuint)TVector.Count);
                for (int k = 0; o + k < geometry.Units; k++)
                {
                    last.Slice(k * TVector.Count, TVector.Count).CopyTo(dw[(int)(((nuint)(o + k) * stride) + i)..]);
                }
            }
        }
    }
}
