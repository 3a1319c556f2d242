using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <content>
/// Gradients of which few factors are not zero: each row of the result is a sum of the few rows of a matrix that <see cref="TermLists"/> has.
/// </content>
internal sealed partial class DenseVector<TVector>
{
    // Vectors of a tile: eight chains hide the latency of a multiply-add on two pipes.
    private const int RowVectors = 8;

    // Tiles whose sums are stored for an optimizer that needs the registers.
    private const int StoredTiles = 4;

    // Floats of the matrix that stay in the caches for all rows of the result.
    private const int MatrixLength = 16_384;

    private static readonly int RowTile = RowVectors * TVector.Count;

    /// <summary>Whether rows are long enough for <see cref="SumRows"/>.</summary>
    private static bool HasRowTiles(DenseGeometry geometry) => geometry.InputStride >= RowTile / 2;

    /// <summary>Floats of scratch memory for <see cref="SumRows"/>.</summary>
    private static int RowLength(int unfinished) => (unfinished + StoredTiles) * RowTile;

    /// <summary>Sums the rows of each list, for the inputs of the call, and uses the sum as the row of the result with the list's number.</summary>
    /// <param name="lists">A list for each row of the result.</param>
    /// <param name="matrix">The rows that are summed, as long as those of the result.</param>
    /// <param name="height">Rows of the matrix, which decide how many of its columns stay in the caches.</param>
    /// <param name="factor">By which the sums are multiplied.</param>
    /// <param name="use">What is done with the sums.</param>
    /// <param name="target">The result.</param>
    /// <param name="memory"><see cref="RowLength"/>.</param>
    /// <param name="geometry">The inputs of the call.</param>
    private static void SumRows<TUpdate, TSquares>(
        scoped TermLists lists, ReadOnlySpan<float> matrix, int height, float factor, scoped ref GradientUse<TVector, TUpdate, TSquares> use, Span<float> target, scoped Span<float> memory, DenseGeometry geometry)
        where TUpdate : IVectorUpdate<TVector>, allows ref struct
        where TSquares : struct, IColumnSquares<TVector>, allows ref struct
    {
        int stride = geometry.InputStride, i = geometry.Part.First, end = geometry.EndColumn;
        ref float source = ref MemoryMarshal.GetReference(matrix), result = ref MemoryMarshal.GetReference(target), sums = ref MemoryMarshal.GetReference(memory);

        // Others may own some inputs of the first vector. The rest is computed as a whole tile or half of one, which begins earlier where it would
        // reach beyond the row.
        int first = i & -TVector.Count, block = Math.Clamp(MatrixLength / Math.Max(1, height) / RowTile, 1, TUpdate.IsStateless ? int.MaxValue : StoredTiles);
        for (int tiles = (end - first) / RowTile; tiles > 0; tiles -= block)
        {
            int next = first + (Math.Min(tiles, block) * RowTile);
            SumTiles(lists, ref source, ref sums, factor, ref use, ref result, first, isHalf: false, new InputRun(i, next - i), geometry);
            (first, i) = (next, next);
        }

        while (i < end)
        {
            bool isHalf = end - first <= RowTile / 2 || stride < RowTile;
            int width = isHalf ? RowTile / 2 : RowTile, begin = Math.Min(first, stride - width), next = Math.Min(end, begin + width);
            SumTiles(lists, ref source, ref sums, factor, ref use, ref result, begin, isHalf, new InputRun(i, next - i), geometry);
            (first, i) = (next, next);
        }
    }

    /// <summary>Tiles side by side from column <paramref name="first"/> on, up to the last one of a run of columns, for all rows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SumTiles<TUpdate, TSquares>(
        scoped TermLists lists,
        ref float matrix,
        ref float sums,
        float factor,
        scoped ref GradientUse<TVector, TUpdate, TSquares> use,
        ref float target,
        int first,
        bool isHalf,
        InputRun used,
        DenseGeometry geometry)
        where TUpdate : IVectorUpdate<TVector>, allows ref struct
        where TSquares : struct, IColumnSquares<TVector>, allows ref struct
    {
        nuint lanes = (nuint)TVector.Count;
        int stride = geometry.InputStride;
        int width = isHalf ? RowTile / 2 : RowTile, tiles = (used.End - first + width - 1) / width, foreign = used.First - first;
        bool isFused = TUpdate.IsStateless && foreign < TVector.Count && used.End == first + (tiles * width);
        TVector mean = TVector.Broadcast(factor);
        GradientUse<TVector, TUpdate, TSquares> local = use;
        for (int row = 0; row < lists.Count; row++)
        {
            ReadOnlySpan<RowTerm> terms = lists[row];
            if (TUpdate.IgnoresZero && terms.IsEmpty)
            {
                continue;
            }

            local.Squares.Begin(row);
            ref float columns = ref Unsafe.Add(ref matrix, first);
            ref float stored = ref sums;
            int others = foreign;
            nuint index = (nuint)((row * stride) + first), last = index + (nuint)(tiles * width);
            for (; index < last; index += (nuint)width)
            {
                TVector a0 = TVector.Zero, a1 = TVector.Zero, a2 = TVector.Zero, a3 = TVector.Zero;
                TVector a4 = TVector.Zero, a5 = TVector.Zero, a6 = TVector.Zero, a7 = TVector.Zero;
                ref float top = ref Unsafe.Add(ref sums, StoredTiles * RowTile);
                foreach (RowTerm term in terms)
                {
                    ref float x = ref Unsafe.Add(ref columns, term.Place);
                    TVector by = TVector.Broadcast(term.Factor);
                    if (term.Use == TermUse.Chain)
                    {
                        a0 = TVector.MultiplyAdd(by, ref x, 0, a0);
                        a1 = TVector.MultiplyAdd(by, ref x, lanes, a1);
                        a2 = TVector.MultiplyAdd(by, ref x, 2 * lanes, a2);
                        a3 = TVector.MultiplyAdd(by, ref x, 3 * lanes, a3);
                        if (!isHalf)
                        {
                            a4 = TVector.MultiplyAdd(by, ref x, 4 * lanes, a4);
                            a5 = TVector.MultiplyAdd(by, ref x, 5 * lanes, a5);
                            a6 = TVector.MultiplyAdd(by, ref x, 6 * lanes, a6);
                            a7 = TVector.MultiplyAdd(by, ref x, 7 * lanes, a7);
                        }
                    }
                    else if (term.Use == TermUse.Leaf)
                    {
                        a0 = TVector.Add(a0, TVector.Multiply(by, TVector.Load(ref x, 0)));
                        a1 = TVector.Add(a1, TVector.Multiply(by, TVector.Load(ref x, lanes)));
                        a2 = TVector.Add(a2, TVector.Multiply(by, TVector.Load(ref x, 2 * lanes)));
                        a3 = TVector.Add(a3, TVector.Multiply(by, TVector.Load(ref x, 3 * lanes)));
                        if (!isHalf)
                        {
                            a4 = TVector.Add(a4, TVector.Multiply(by, TVector.Load(ref x, 4 * lanes)));
                            a5 = TVector.Add(a5, TVector.Multiply(by, TVector.Load(ref x, 5 * lanes)));
                            a6 = TVector.Add(a6, TVector.Multiply(by, TVector.Load(ref x, 6 * lanes)));
                            a7 = TVector.Add(a7, TVector.Multiply(by, TVector.Load(ref x, 7 * lanes)));
                        }
                    }
                    else if (term.Use == TermUse.Begin)
                    {
                        Store(a0, a1, a2, a3, ref top);
                        Store(a4, a5, a6, a7, ref Unsafe.Add(ref top, 4 * lanes));
                        top = ref Unsafe.Add(ref top, RowVectors * lanes);
                        a0 = TVector.Multiply(by, TVector.Load(ref x, 0));
                        a1 = TVector.Multiply(by, TVector.Load(ref x, lanes));
                        a2 = TVector.Multiply(by, TVector.Load(ref x, 2 * lanes));
                        a3 = TVector.Multiply(by, TVector.Load(ref x, 3 * lanes));
                        if (!isHalf)
                        {
                            a4 = TVector.Multiply(by, TVector.Load(ref x, 4 * lanes));
                            a5 = TVector.Multiply(by, TVector.Load(ref x, 5 * lanes));
                            a6 = TVector.Multiply(by, TVector.Load(ref x, 6 * lanes));
                            a7 = TVector.Multiply(by, TVector.Load(ref x, 7 * lanes));
                        }
                    }
                    else
                    {
                        top = ref Unsafe.Subtract(ref top, RowVectors * lanes);
                        Add(ref a0, ref a1, ref a2, ref a3, ref top);
                        Add(ref a4, ref a5, ref a6, ref a7, ref Unsafe.Add(ref top, 4 * lanes));
                    }
                }

                columns = ref Unsafe.Add(ref columns, width);
                if (!isFused)
                {
                    // Through the L1 cache, since the optimizer needs the registers, or because others own some of the columns.
                    StoreMeans(a0, a1, a2, a3, mean, ref stored);
                    StoreMeans(a4, a5, a6, a7, mean, ref Unsafe.Add(ref stored, 4 * lanes));
                    stored = ref Unsafe.Add(ref stored, width);
                    continue;
                }

                if (others > 0)
                {
                    Use(a0, mean, ref local, ref target, index, new PartStore<TVector>(others, TVector.Count - others));
                    others = 0;
                }
                else
                {
                    Use(a0, mean, ref local, ref target, index, default(WholeStore<TVector>));
                }

                Use(a1, mean, ref local, ref target, index + lanes, default(WholeStore<TVector>));
                Use(a2, mean, ref local, ref target, index + (2 * lanes), default(WholeStore<TVector>));
                Use(a3, mean, ref local, ref target, index + (3 * lanes), default(WholeStore<TVector>));
                if (!isHalf)
                {
                    Use(a4, mean, ref local, ref target, index + (4 * lanes), default(WholeStore<TVector>));
                    Use(a5, mean, ref local, ref target, index + (5 * lanes), default(WholeStore<TVector>));
                    Use(a6, mean, ref local, ref target, index + (6 * lanes), default(WholeStore<TVector>));
                    Use(a7, mean, ref local, ref target, index + (7 * lanes), default(WholeStore<TVector>));
                }
            }

            if (isFused)
            {
                continue;
            }

            int from = Math.Max(first, used.First & -TVector.Count), to = (used.End + TVector.Count - 1) & -TVector.Count;
            if (TUpdate.IsStateless)
            {
                UseSome(ref sums, first, ref local, ref target, row * stride, from, to, used);
            }
            else
            {
                Apply(ref local, ref sums, first, ref target, row * stride, from, to, geometry);
            }
        }
    }

    /// <summary>Uses those of the gradients [<paramref name="from"/>, <paramref name="to"/>) that are in a run of columns. The first is that of input <paramref name="origin"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void UseSome<TUpdate, TSquares>(
        ref float gradients, int origin, scoped ref GradientUse<TVector, TUpdate, TSquares> use, ref float target, int row, int from, int to, InputRun used)
        where TUpdate : IVectorUpdate<TVector>, allows ref struct
        where TSquares : struct, IColumnSquares<TVector>, allows ref struct
    {
        for (; from < to; from += TVector.Count)
        {
            TVector gradient = TVector.Load(ref gradients, (nuint)(from - origin));
            int begin = Math.Max(0, used.First - from), end = Math.Min(TVector.Count, used.End - from);
            nuint index = (nuint)(row + from);
            if (end - begin == TVector.Count)
            {
                use.Update.Apply(gradient, ref target, index, default(WholeStore<TVector>));
                use.Squares.Add(gradient, index, default(WholeStore<TVector>));
            }
            else
            {
                PartStore<TVector> store = new(begin, end - begin);
                use.Update.Apply(gradient, ref target, index, store);
                use.Squares.Add(gradient, index, store);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreMeans(TVector s0, TVector s1, TVector s2, TVector s3, TVector factor, ref float target) => Store(
        TVector.MultiplyAdd(s0, factor, TVector.Zero),
        TVector.MultiplyAdd(s1, factor, TVector.Zero),
        TVector.MultiplyAdd(s2, factor, TVector.Zero),
        TVector.MultiplyAdd(s3, factor, TVector.Zero),
        ref target);

    /// <summary>Averages a sum, changes the weights, and adds the squares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Use<TUpdate, TSquares, TStore>(
        TVector sum, TVector factor, scoped ref GradientUse<TVector, TUpdate, TSquares> use, ref float target, nuint index, TStore store)
        where TUpdate : IVectorUpdate<TVector>, allows ref struct
        where TSquares : struct, IColumnSquares<TVector>, allows ref struct
        where TStore : struct, IVectorStore<TVector>
    {
        TVector gradient = TVector.MultiplyAdd(sum, factor, TVector.Zero);
        use.Update.Apply(gradient, ref target, index, store);
        use.Squares.Add(gradient, index, store);
    }
}
