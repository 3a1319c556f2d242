using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>
/// The matrix products of a fully connected layer, <c>y = x Wᵀ + b</c>, and of its gradients. Every implementation gives the bits
/// of <see cref="KernelTier.Reference"/>.
/// </summary>
/// <remarks>
/// Weights are stored as [out, in]: the forward pass is one 16-lane dot product per output, and both gradients are outer products
/// along <c>in</c>, where each lane is a separate sum.
/// </remarks>
public abstract class DenseKernels
{
    /// <summary>
    /// <c>y[n, o] = Σ_i x[n, i] · w[o, i] + b[o]</c>: lane l of 16 sums the inputs i ≡ l (mod 16) in order; then the upper half of the
    /// lanes is added to the lower half, four times; the bias is added last.
    /// </summary>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="w">[Units, InputStride].</param>
    /// <param name="b">[Units], or empty for none.</param>
    /// <param name="y">[Samples, UnitStride]; overwritten, padding left unchanged.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, or a span is too short for it.</exception>
    public void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, DenseGeometry geometry)
    {
        DenseGeometry.Check(geometry);
        KernelGuard.Holds(x, (long)geometry.Samples * geometry.InputStride);
        KernelGuard.Holds(w, (long)geometry.Units * geometry.InputStride);
        KernelGuard.Holds(b, b.IsEmpty ? 0 : geometry.Units);
        KernelGuard.Holds<float>(y, geometry.OutputLength);
        ForwardCore(x, w, b, y, geometry);
    }

    /// <summary>
    /// <c>dx[n, i] = Σ_o dy[n, o] · w[o, i]</c>: leaves of <see cref="DenseGeometry.UnitsPerLeaf"/> units, each a chain
    /// of fused multiply-adds in unit order from +0, joined by <see cref="SumTree"/>.
    /// </summary>
    /// <param name="dy">[Samples, UnitStride].</param>
    /// <param name="w">[Units, InputStride].</param>
    /// <param name="dx">[Samples, InputStride]; overwritten, including padding.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, or a span is too short for it.</exception>
    public void InputGradient(ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, DenseGeometry geometry)
    {
        DenseGeometry.Check(geometry);
        KernelGuard.Holds(dy, geometry.OutputLength);
        KernelGuard.Holds(w, (long)geometry.Units * geometry.InputStride);
        KernelGuard.Holds<float>(dx, (long)geometry.Samples * geometry.InputStride);
        InputGradientCore(dy, w, dx, geometry);
    }

    /// <summary>
    /// <c>dw[o, i] = Σ_n dy[n, o] · x[n, i]</c> and <c>db[o] = Σ_n dy[n, o]</c> over the samples of a subtree of leaves: a leaf is a
    /// chain of fused multiply-adds in sample order that starts from +0 and ends with <c>+ 0f</c>.
    /// </summary>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="dy">[Samples, UnitStride].</param>
    /// <param name="dw">[Units, InputStride]; overwritten, including padding.</param>
    /// <param name="db">[Units], overwritten; or empty for none.</param>
    /// <param name="edges">Leaf h holds the samples [edges[h], edges[h + 1]) of the call.</param>
    /// <param name="geometry">The sizes.</param>
    /// <param name="factor">The factor by which each final sum is multiplied, such as 1 / n for a mean; above 0.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, a span is too short, or the edges exceed the samples.</exception>
    public void ParameterGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor = 1f)
    {
        DenseGeometry.Check(geometry);
        KernelGuard.Holds(x, (long)geometry.Samples * geometry.InputStride);
        KernelGuard.Holds(dy, geometry.OutputLength);
        KernelGuard.Holds<float>(dw, (long)geometry.Units * geometry.InputStride);
        KernelGuard.Holds<float>(db, db.IsEmpty ? 0 : geometry.Units);
        KernelGuard.Edges(edges, geometry.Samples);
        WeightGradientCore(x, dy, dw, edges, geometry, factor);
        BiasGradient(dy, db, edges, geometry, factor);
    }

    private protected abstract void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, DenseGeometry geometry);

    private protected abstract void InputGradientCore(ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, DenseGeometry geometry);

    private protected abstract void WeightGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor);

    // The units × samples additions are a thousandth of the layer's work, so one scalar loop serves every tier.
    private static void BiasGradient(ReadOnlySpan<float> dy, Span<float> db, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor)
    {
        Span<float> leaves = stackalloc float[edges.Length - 1];
        for (int o = 0; o < db.Length && o < geometry.Units; o++)
        {
            for (int h = 0; h < leaves.Length; h++)
            {
                float sum = 0f;
                for (int n = edges[h]; n < edges[h + 1]; n++)
                {
                    sum += dy[(n * geometry.UnitStride) + o];
                }

                leaves[h] = sum + 0f;
            }

            db[o] = SumTree.Join(leaves) * factor;
        }
    }
}
