using ConvNN.Kernels.Sums;

namespace ConvNN.Kernels.Dense;

/// <summary>Reference implementation of the fully connected layer; see <see cref="DenseKernels"/> for the formulas.</summary>
internal sealed class DenseReference : DenseKernels
{
    private protected override void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, DenseGeometry geometry)
    {
        for (int n = 0; n < geometry.Samples; n++)
        {
            ReadOnlySpan<float> sample = x.Slice(n * geometry.InputStride, geometry.Inputs);
            for (int o = 0; o < geometry.Units; o++)
            {
                float sum = LaneSum.Dot(sample, w.Slice(o * geometry.InputStride, geometry.Inputs));
                y[(n * geometry.UnitStride) + o] = b.IsEmpty ? sum : sum + b[o];
            }
        }
    }

    private protected override void InputGradientCore(ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, DenseGeometry geometry)
    {
        Span<float> leaves = stackalloc float[geometry.UnitLeaves];
        for (int n = 0; n < geometry.Samples; n++)
        {
            for (int i = 0; i < geometry.InputStride; i++)
            {
                for (int h = 0; h < leaves.Length; h++)
                {
                    float sum = 0f;
                    int end = Math.Min(geometry.Units, (h + 1) * geometry.UnitsPerLeaf);
                    for (int o = h * geometry.UnitsPerLeaf; o < end; o++)
                    {
                        sum = MathF.FusedMultiplyAdd(dy[(n * geometry.UnitStride) + o], w[(o * geometry.InputStride) + i], sum);
                    }

                    leaves[h] = sum + 0f;
                }

                dx[(n * geometry.InputStride) + i] = SumTree.Join(leaves);
            }
        }
    }

    private protected override void WeightGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor)
    {
        Span<float> leaves = stackalloc float[edges.Length - 1];
        for (int o = 0; o < geometry.Units; o++)
        {
            for (int i = 0; i < geometry.InputStride; i++)
            {
                for (int h = 0; h < leaves.Length; h++)
                {
                    float sum = 0f;
                    for (int n = edges[h]; n < edges[h + 1]; n++)
                    {
                        sum = MathF.FusedMultiplyAdd(dy[(n * geometry.UnitStride) + o], x[(n * geometry.InputStride) + i], sum);
                    }

                    leaves[h] = sum + 0f;
                }

                dw[(o * geometry.InputStride) + i] = SumTree.Join(leaves) * factor;
            }
        }
    }
}
