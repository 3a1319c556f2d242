using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>
/// The matrix products of a fully connected layer, <c>y = x Wᵀ + b</c>, and of its gradients. Every implementation gives the bits
/// of <see cref="KernelTier.Reference"/> if all operands are finite.
/// </summary>
/// <remarks>
/// Weights are stored as [out, in]: the forward pass is one 16-lane dot product per output, and both gradients are outer products
/// along <c>in</c>, where each lane is a separate sum.
/// </remarks>
public abstract class DenseKernels
{
    /// <summary>
    /// <c>y[n, o] = Σ_i x[n, i] · w[o, i] + b[o]</c> over the inputs of the call: in each leaf of <see cref="DenseGeometry.InputLeaves"/>,
    /// lane l of 16 sums the inputs i ≡ l (mod 16) in order, i counted from the begin of the row; then the upper half of the lanes is added
    /// to the lower half, four times, and <c>0f</c> to the result. The leaves are joined by <see cref="SumTree"/>, and the bias is added last.
    /// </summary>
    /// <remarks>Inputs beside the leaves count as zeros, so their weights have to be finite.</remarks>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="w">[Units, InputStride].</param>
    /// <param name="b">[Units], or empty for none.</param>
    /// <param name="y">[Samples, UnitStride]; overwritten, padding left unchanged.</param>
    /// <param name="geometry">The sizes.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, its part no run of leaves, or a span too short for it.</exception>
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
    /// <c>dx[n, i] = Σ_o dy[n, o] · w[o, i]</c> for the inputs of the call: a chain of fused multiply-adds in unit order that starts from +0
    /// and ends with <c>+ 0f</c>. Units with <c>dy[n, o] = 0</c> are left out.
    /// </summary>
    /// <remarks>A kernel may include them, which changes nothing unless their weights are infinite or not numbers.</remarks>
    /// <param name="dy">[Samples, UnitStride].</param>
    /// <param name="w">[Units, InputStride].</param>
    /// <param name="dx">[Samples, InputStride]; overwritten, including padding. The columns of other inputs are not touched.</param>
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
    /// <c>dw[o, i] = Σ_n dy[n, o] · x[n, i]</c> for the inputs of the call, and <c>db[o] = Σ_n dy[n, o]</c>, over the samples of a subtree of
    /// leaves: a leaf is a chain of fused multiply-adds in sample order that starts from +0 and ends with <c>+ 0f</c>. Samples with
    /// <c>dy[n, o] = 0</c> are left out.
    /// </summary>
    /// <remarks>A kernel may include them, which changes nothing unless their inputs are infinite or not numbers.</remarks>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="dy">[Samples, UnitStride].</param>
    /// <param name="dw">[Units, InputStride]; overwritten, including padding. The columns of other inputs are not touched.</param>
    /// <param name="db">[Units], overwritten; or empty for none.</param>
    /// <param name="edges">Leaf h holds the samples [edges[h], edges[h + 1]) of the call.</param>
    /// <param name="geometry">The sizes.</param>
    /// <param name="factor">The factor by which each final sum is multiplied, such as 1 / n for a mean; above 0.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, a span is too short, or the edges exceed the samples.</exception>
    public void ParameterGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor = 1f)
    {
        Check(x, dy, edges, geometry);
        KernelGuard.Holds<float>(dw, (long)geometry.Units * geometry.InputStride);
        StepCore(x, dy, dw, edges, geometry, factor, default);
        if (!db.IsEmpty)
        {
            BiasGradient(dy, db, edges, geometry, factor);
        }
    }

    /// <summary>
    /// Changes the weights of the call's inputs by the gradient of <see cref="ParameterGradient"/>, multiplied by
    /// <paramref name="factor"/>, which is never stored.
    /// </summary>
    /// <param name="x">[Samples, InputStride].</param>
    /// <param name="dy">[Samples, UnitStride].</param>
    /// <param name="weights">[Units, InputStride]; changed in place. The columns of other inputs are not touched, so that others may change them meanwhile.</param>
    /// <param name="edges">Leaf h holds the samples [edges[h], edges[h + 1]) of the call.</param>
    /// <param name="geometry">The sizes.</param>
    /// <param name="factor">The factor by which each sum is multiplied, such as 1 / n for a mean; above 0.</param>
    /// <param name="update">
    /// The optimizer's step; its state has an element for each of <paramref name="weights"/>. If it sums squares, the call's units begin at a
    /// block of them, and end at one or with the layer, and its part is a run of leaves.
    /// </param>
    /// <exception cref="ArgumentException">The geometry is invalid, a span is too short, or the edges exceed the samples.</exception>
    public void Step(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> weights, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor, in WeightUpdate update)
    {
        Check(x, dy, edges, geometry);
        KernelGuard.Holds<float>(weights, (long)geometry.Units * geometry.InputStride);
        update.Check(weights);
        if (!update.SquareSums.IsEmpty)
        {
            KernelGuard.Holds<float>(update.SquareSums.Columns, (long)geometry.UnitBlocks * geometry.InputStride);
            KernelGuard.Holds<double>(update.SquareSums.Cells, (long)geometry.UnitBlocks * geometry.InputLeaves);
            ClearColumns(geometry, update.SquareSums);
        }

        StepCore(x, dy, weights, edges, geometry, factor, update);
        if (!update.SquareSums.IsEmpty)
        {
            AddColumns(geometry, update.SquareSums);
        }
    }

    /// <summary>Sums the squares of a stored gradient as <see cref="Step"/> does for one that is never stored.</summary>
    /// <param name="gradient">[Units, InputStride], with zeros in the padding.</param>
    /// <param name="geometry">The sizes; the samples do not matter.</param>
    /// <param name="sums">Where the sums go.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, or a span is too short.</exception>
    public static void SumSquares(ReadOnlySpan<float> gradient, DenseGeometry geometry, SquareSums sums)
    {
        DenseGeometry.Check(geometry);
        int stride = geometry.InputStride;
        KernelGuard.Holds(gradient, (long)geometry.Units * stride);
        KernelGuard.Holds<float>(sums.Columns, (long)geometry.UnitBlocks * stride);
        KernelGuard.Holds<double>(sums.Cells, (long)geometry.UnitBlocks * geometry.InputLeaves);
        ClearColumns(geometry, sums);
        for (int o = 0; o < geometry.Units; o++)
        {
            Span<float> chains = sums.Columns.Slice(o / geometry.UnitBlock * stride, stride);
            for (int i = 0; i < stride; i += Vector<float>.Count)
            {
                Vector<float> g = new(gradient.Slice((o * stride) + i));
                Fused.MultiplyAdd(g, g, new(chains[i..])).CopyTo(chains[i..]);
            }
        }

        AddColumns(geometry, sums);
    }

    /// <summary>
    /// <c>db[o] = Σ_n dy[n, o]</c> over the samples of a subtree of leaves: a leaf is a sum in sample order from +0 that ends with
    /// <c>+ 0f</c>; the leaves are joined by <see cref="SumTree"/> and multiplied by <paramref name="factor"/>.
    /// </summary>
    /// <param name="dy">[Samples, UnitStride].</param>
    /// <param name="db">[Units], overwritten.</param>
    /// <param name="edges">Leaf h holds the samples [edges[h], edges[h + 1]) of the call.</param>
    /// <param name="geometry">The sizes.</param>
    /// <param name="factor">The factor by which each sum is multiplied, such as 1 / n for a mean; above 0.</param>
    /// <exception cref="ArgumentException">The geometry is invalid, a span is too short, or the edges exceed the samples.</exception>
    public void BiasGradient(ReadOnlySpan<float> dy, Span<float> db, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor = 1f)
    {
        DenseGeometry.Check(geometry);
        KernelGuard.Holds(dy, geometry.OutputLength);
        KernelGuard.Edges(edges, geometry.Samples);
        KernelGuard.Holds<float>(db, geometry.Units);

        BiasGradientCore(dy, db, edges, geometry, factor);
    }

    private protected abstract void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, DenseGeometry geometry);

    private protected abstract void InputGradientCore(ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, DenseGeometry geometry);

    private protected abstract void BiasGradientCore(ReadOnlySpan<float> dy, Span<float> db, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor);

    private protected abstract void StepCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> weights, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor, in WeightUpdate update);

    private static void ClearColumns(DenseGeometry geometry, SquareSums sums)
    {
        for (int block = 0; block < geometry.UnitBlocks; block++)
        {
            sums.Columns[((block * geometry.InputStride) + geometry.Part.First)..((block * geometry.InputStride) + geometry.EndColumn)].Clear();
        }
    }

    /// <summary>Adds the columns of each leaf of the call's inputs.</summary>
    private static void AddColumns(DenseGeometry geometry, SquareSums sums)
    {
        (int lo, int hi) = geometry.Leaves;
        for (int block = 0; block < geometry.UnitBlocks; block++)
        {
            for (int leaf = lo; leaf < hi; leaf++)
            {
                InputRun run = geometry.InputsOf(leaf, leaf + 1);
                sums.Cells[(block * geometry.InputLeaves) + leaf] = Sum(sums.Columns.Slice((block * geometry.InputStride) + run.First, run.Count));
            }
        }
    }

    /// <summary>Adds numbers in double: lane l of 8 those with i ≡ l (mod 8) in order, then the lanes by halves.</summary>
    private static double Sum(ReadOnlySpan<float> x)
    {
        Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
        ref float first = ref MemoryMarshal.GetReference(x);
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.LoadUnsafe(ref first, (nuint)i));
            low += a;
            high += b;
        }

        if (i < x.Length)
        {
            Span<float> rest = stackalloc float[Vector256<float>.Count];
            rest.Clear();
            x[i..].CopyTo(rest);
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(rest)));
            low += a;
            high += b;
        }

        Vector256<double> four = low + high;
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.ToScalar() + two.GetElement(1);
    }

    private static void Check(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<int> edges, DenseGeometry geometry)
    {
        DenseGeometry.Check(geometry);
        KernelGuard.Holds(x, (long)geometry.Samples * geometry.InputStride);
        KernelGuard.Holds(dy, geometry.OutputLength);
        KernelGuard.Edges(edges, geometry.Samples);
    }
}
