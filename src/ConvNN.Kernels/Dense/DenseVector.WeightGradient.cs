using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <content>
/// The weight gradient and what is done with it. Lanes are inputs. With few samples per leaf, leaves and tree stay in registers, for two
/// or three vectors of inputs, and so does the gradient for an optimizer without state; with more samples, a tile of two or four vectors
/// keeps the multiply-add units busy in each leaf, and unfinished sums and gradients go through the L1 cache. With few factors other than
/// zero, <see cref="SumRows"/> sums their terms.
/// </content>
internal sealed partial class DenseVector<TVector>
{
    // Minimum number of samples per leaf for which storing it pays off: four chains do not keep the multiply-add units busy.
    private const int LongLeaf = 16;

    // A tile of stored leaves is UnitTile units by two vectors of inputs, or by four where there are registers for so many chains.
    private const int UnitTile = 4;
    private const int LeafVectors = 4;

    // Inputs that stay in the L1 cache.
    private const int InputLength = 8_192;

    // The share of output gradients other than zero up to which sums of their terms alone are faster, and the inputs of all samples from which
    // on they are: fewer take less time than to mispredict where each list ends.
    private const double FewTerms = 5 / 16.0;
    private const int ListedLength = 4_096;

    // Deltas of which a copy is kept at a time.
    private const int DeltaLength = 16_384;

    // Inputs that are processed for all units, two or four at a time, while they stay in the cache: a multiple of three vectors of 16. Long runs of a row help the processor to
    // fetch weights and state in time.
    private const int BlockLength = 528;

    private protected override void BiasGradientCore(ReadOnlySpan<float> dy, Span<float> db, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor)
    {
        // Lanes are units. The last vector may reach past them, to units of others or padding, but not past the end of dy: the reference has the rest.
        int leaves = edges.Length - 1, end = ((edges[leaves] - 1) * geometry.UnitStride) + TVector.Count, o = 0;
        Span<int> complete = stackalloc int[leaves];
        Span<float> memory = stackalloc float[SumTree.Complete(complete) * TVector.Count], results = stackalloc float[TVector.Count];
        ref float deltas = ref MemoryMarshal.GetReference(dy);
        TVector scale = TVector.Broadcast(factor);
        for (; o < geometry.Units && end + o <= dy.Length; o += TVector.Count)
        {
            ref float top = ref MemoryMarshal.GetReference(memory);
            for (int h = 0; h < leaves; h++)
            {
                TVector sum = TVector.Zero;
                for (int n = edges[h]; n < edges[h + 1]; n++)
                {
                    sum = TVector.Add(sum, TVector.Load(ref deltas, (nuint)((n * geometry.UnitStride) + o)));
                }

                for (int c = complete[h]; c > 0; c--)
                {
                    top = ref Unsafe.Subtract(ref top, TVector.Count);
                    sum = TVector.Add(TVector.Load(ref top, 0), sum);
                }

                TVector.Store(sum, ref top, 0);
                top = ref Unsafe.Add(ref top, TVector.Count);
            }

            TVector.Store(TVector.Multiply(TVector.Load(ref MemoryMarshal.GetReference(memory), 0), scale), ref MemoryMarshal.GetReference(results), 0);
            results[..Math.Min(TVector.Count, geometry.Units - o)].CopyTo(db[o..]);
        }

        if (o < geometry.Units)
        {
            DenseReference.BiasGradient(dy, db, edges, geometry, factor, o);
        }
    }

    private protected override void StepCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> weights, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor, in WeightUpdate update)
    {
        if (update.SquareSums.IsEmpty)
        {
            StepLoop<NoSquares<TVector>> loop = new(x, dy, weights, edges, geometry, factor, default);
            VectorUpdate.Run<TVector, StepLoop<NoSquares<TVector>>>(update, ref loop);
        }
        else
        {
            StepLoop<ColumnSquares<TVector>> loop = new(x, dy, weights, edges, geometry, factor, new(update.SquareSums, geometry));
            VectorUpdate.Run<TVector, StepLoop<ColumnSquares<TVector>>>(update, ref loop);
        }
    }

    /// <summary>
    /// Uses the gradients of the call's inputs in [<paramref name="begin"/>, <paramref name="end"/>), in whole vectors, which belong to a row of
    /// the target. The first gradient is that of input <paramref name="origin"/>.
    /// </summary>
    private static void Apply<TUpdate, TSquares>(
        scoped ref GradientUse<TVector, TUpdate, TSquares> use, ref float gradients, int origin, ref float target, int row, int begin, int end, DenseGeometry geometry)
        where TUpdate : IVectorUpdate<TVector>, allows ref struct
        where TSquares : struct, IColumnSquares<TVector>, allows ref struct
    {
        int first = geometry.Part.First, last = geometry.EndColumn;
        if (begin < first)
        {
            PartStore<TVector> store = new(first - begin, Math.Min(begin + TVector.Count, last) - first);
            Apply(ref use, ref gradients, origin, ref target, row, begin, begin + TVector.Count, store);
            begin += TVector.Count;
        }

        int whole = Math.Max(begin, Math.Min(end, last) & -TVector.Count);
        Apply(ref use, ref gradients, origin, ref target, row, begin, whole, default(WholeStore<TVector>));
        if (whole < end)
        {
            Apply(ref use, ref gradients, origin, ref target, row, whole, end, new PartStore<TVector>(0, last - whole));
        }
    }

    /// <summary>The same for vectors with one kind of store: a method for each has registers for all factors of an optimizer.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Apply<TUpdate, TSquares, TStore>(
        scoped ref GradientUse<TVector, TUpdate, TSquares> use, ref float gradients, int origin, ref float target, int row, int begin, int end, TStore store)
        where TUpdate : IVectorUpdate<TVector>, allows ref struct
        where TSquares : struct, IColumnSquares<TVector>, allows ref struct
        where TStore : struct, IVectorStore<TVector>
    {
        // A copy stays in registers; fields behind a reference would be loaded again after each store.
        GradientUse<TVector, TUpdate, TSquares> own = use;
        nuint index = (nuint)(row + begin);
        for (nuint i = (nuint)(begin - origin); i < (nuint)(end - origin); i += (nuint)TVector.Count, index += (nuint)TVector.Count)
        {
            TVector gradient = TVector.Load(ref gradients, i);
            own.Update.Apply(gradient, ref target, index, store);
            own.Squares.Add(gradient, index, store);
        }
    }

    /// <summary>Where the second vector of a tile is; if there is but one, it is computed twice.</summary>
    private static nuint Second(int length) => length > TVector.Count ? (nuint)TVector.Count : 0;

    /// <summary>
    /// One leaf of a tile: eight chains hide the latency of a multiply-add and share six loads. The leaf is added to the
    /// <paramref name="complete"/> sums on top of the stack, and takes their place.
    /// </summary>
    private static void TileLeaf(ref float rows, nuint second, nuint stride, ref float scale, int count, ref float sums, int complete)
    {
        TVector a0 = TVector.Zero, a1 = TVector.Zero, b0 = TVector.Zero, b1 = TVector.Zero;
        TVector c0 = TVector.Zero, c1 = TVector.Zero, d0 = TVector.Zero, d1 = TVector.Zero;
        ref float row = ref rows;
        ref float delta = ref scale;
        for (int n = 0; n < count; n++)
        {
            TVector x0 = TVector.Load(ref row, 0), x1 = TVector.Load(ref row, second);
            TVector by = TVector.Broadcast(delta);
            a0 = TVector.MultiplyAdd(by, x0, a0);
            a1 = TVector.MultiplyAdd(by, x1, a1);
            by = TVector.Broadcast(Unsafe.Add(ref delta, 1));
            b0 = TVector.MultiplyAdd(by, x0, b0);
            b1 = TVector.MultiplyAdd(by, x1, b1);
            by = TVector.Broadcast(Unsafe.Add(ref delta, 2));
            c0 = TVector.MultiplyAdd(by, x0, c0);
            c1 = TVector.MultiplyAdd(by, x1, c1);
            by = TVector.Broadcast(Unsafe.Add(ref delta, 3));
            d0 = TVector.MultiplyAdd(by, x0, d0);
            d1 = TVector.MultiplyAdd(by, x1, d1);
            row = ref Unsafe.Add(ref row, stride);
            delta = ref Unsafe.Add(ref delta, UnitTile);
        }

        for (; complete > 0; complete--)
        {
            sums = ref Unsafe.Subtract(ref sums, 8 * TVector.Count);
            Add(ref a0, ref a1, ref b0, ref b1, ref sums);
            Add(ref c0, ref c1, ref d0, ref d1, ref Unsafe.Add(ref sums, 4 * TVector.Count));
        }

        Store(a0, a1, b0, b1, ref sums);
        Store(c0, c1, d0, d1, ref Unsafe.Add(ref sums, 4 * TVector.Count));
    }

    /// <summary>Like <see cref="TileLeaf"/>, with four vectors of inputs: sixteen chains share eight loads.</summary>
    private static void WideLeaf(ref float rows, nuint stride, ref float scale, int count, ref float sums, int complete)
    {
        TVector a0 = TVector.Zero, a1 = TVector.Zero, a2 = TVector.Zero, a3 = TVector.Zero;
        TVector b0 = TVector.Zero, b1 = TVector.Zero, b2 = TVector.Zero, b3 = TVector.Zero;
        TVector c0 = TVector.Zero, c1 = TVector.Zero, c2 = TVector.Zero, c3 = TVector.Zero;
        TVector d0 = TVector.Zero, d1 = TVector.Zero, d2 = TVector.Zero, d3 = TVector.Zero;
        ref float row = ref rows;
        ref float delta = ref scale;
        for (int n = 0; n < count; n++)
        {
            TVector x0 = TVector.Load(ref row, 0), x1 = TVector.Load(ref row, (nuint)TVector.Count);
            TVector x2 = TVector.Load(ref row, (nuint)(2 * TVector.Count)), x3 = TVector.Load(ref row, (nuint)(3 * TVector.Count));
            TVector by = TVector.Broadcast(delta);
            a0 = TVector.MultiplyAdd(by, x0, a0);
            a1 = TVector.MultiplyAdd(by, x1, a1);
            a2 = TVector.MultiplyAdd(by, x2, a2);
            a3 = TVector.MultiplyAdd(by, x3, a3);
            by = TVector.Broadcast(Unsafe.Add(ref delta, 1));
            b0 = TVector.MultiplyAdd(by, x0, b0);
            b1 = TVector.MultiplyAdd(by, x1, b1);
            b2 = TVector.MultiplyAdd(by, x2, b2);
            b3 = TVector.MultiplyAdd(by, x3, b3);
            by = TVector.Broadcast(Unsafe.Add(ref delta, 2));
            c0 = TVector.MultiplyAdd(by, x0, c0);
            c1 = TVector.MultiplyAdd(by, x1, c1);
            c2 = TVector.MultiplyAdd(by, x2, c2);
            c3 = TVector.MultiplyAdd(by, x3, c3);
            by = TVector.Broadcast(Unsafe.Add(ref delta, 3));
            d0 = TVector.MultiplyAdd(by, x0, d0);
            d1 = TVector.MultiplyAdd(by, x1, d1);
            d2 = TVector.MultiplyAdd(by, x2, d2);
            d3 = TVector.MultiplyAdd(by, x3, d3);
            row = ref Unsafe.Add(ref row, stride);
            delta = ref Unsafe.Add(ref delta, UnitTile);
        }

        for (; complete > 0; complete--)
        {
            sums = ref Unsafe.Subtract(ref sums, 16 * TVector.Count);
            Add(ref a0, ref a1, ref a2, ref a3, ref sums);
            Add(ref b0, ref b1, ref b2, ref b3, ref Unsafe.Add(ref sums, 4 * TVector.Count));
            Add(ref c0, ref c1, ref c2, ref c3, ref Unsafe.Add(ref sums, 8 * TVector.Count));
            Add(ref d0, ref d1, ref d2, ref d3, ref Unsafe.Add(ref sums, 12 * TVector.Count));
        }

        Store(a0, a1, a2, a3, ref sums);
        Store(b0, b1, b2, b3, ref Unsafe.Add(ref sums, 4 * TVector.Count));
        Store(c0, c1, c2, c3, ref Unsafe.Add(ref sums, 8 * TVector.Count));
        Store(d0, d1, d2, d3, ref Unsafe.Add(ref sums, 12 * TVector.Count));
    }

    /// <summary>Writes the means of a tile, <paramref name="width"/> vectors per unit.</summary>
    private static void ScaleTile(ref float sums, int width, TVector scale, ref float target, nuint stride)
    {
        nuint at = 0;
        for (int unit = 0; unit < UnitTile; unit++)
        {
            for (int v = 0; v < width; v++, at += (nuint)TVector.Count)
            {
                TVector.Store(TVector.MultiplyAdd(TVector.Load(ref sums, at), scale, TVector.Zero), ref target, ((nuint)unit * stride) + (nuint)(v * TVector.Count));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3, ref float left)
    {
        s0 = TVector.Add(TVector.Load(ref left, 0), s0);
        s1 = TVector.Add(TVector.Load(ref left, (nuint)TVector.Count), s1);
        s2 = TVector.Add(TVector.Load(ref left, (nuint)(2 * TVector.Count)), s2);
        s3 = TVector.Add(TVector.Load(ref left, (nuint)(3 * TVector.Count)), s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector s0, TVector s1, TVector s2, TVector s3, ref float target)
    {
        TVector.Store(s0, ref target, 0);
        TVector.Store(s1, ref target, (nuint)TVector.Count);
        TVector.Store(s2, ref target, (nuint)(2 * TVector.Count));
        TVector.Store(s3, ref target, (nuint)(3 * TVector.Count));
    }
}
