using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <content>The order in which weights are visited: runs of inputs that stay in a cache, for all units.</content>
internal sealed partial class DenseVector<TVector>
{
    /// <summary>Sums the gradients of a tile, then changes its weights, and so on.</summary>
    private ref partial struct StepLoop<TSquares>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> weights, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor, TSquares squares)
        : IUpdateLoop<TVector>
        where TSquares : struct, IColumnSquares<TVector>, allows ref struct
    {
        private readonly ReadOnlySpan<float> _x = x;
        private readonly ReadOnlySpan<float> _dy = dy;
        private readonly Span<float> _weights = weights;
        private readonly ReadOnlySpan<int> _edges = edges;
        private readonly DenseGeometry _geometry = geometry;
        private readonly float _factor = factor;
        private readonly TSquares _squares = squares;

        public void Run<TUpdate>(scoped ref TUpdate update)
            where TUpdate : IVectorUpdate<TVector>, allows ref struct
        {
            GradientUse<TVector, TUpdate, TSquares> use = new(update, _squares);
            int leaves = _edges.Length - 1, samples = _edges[leaves] - _edges[0];
            bool isTree = leaves is 2 or 4 or 8 && samples < LongLeaf * leaves;
            for (int h = 0; h < leaves; h++)
            {
                isTree &= _edges[h] < _edges[h + 1];
            }

            bool mayHaveShapes = isTree && MayHaveShapes<TUpdate>(samples, _geometry.Units), mayHaveLists = samples * _geometry.Part.Count >= ListedLength && HasRowTiles(_geometry);
            NonZeroUnits nonZero = mayHaveShapes || mayHaveLists ? NonZero(_dy, _edges[0], _edges[leaves], _geometry) : default;
            if (mayHaveShapes && samples * nonZero.Share <= FewTermsOfUnit)
            {
                ByShapes(ref use, nonZero);
            }
            else if (mayHaveLists && nonZero.Share <= FewTerms)
            {
                ByLists(ref use, nonZero);
            }
            else if (isTree)
            {
                ByTree(ref use, default);
            }
            else
            {
                ByLongLeaves(ref use, _geometry.Part.First & -TVector.Count, (_geometry.EndColumn + TVector.Count - 1) & -TVector.Count);
            }
        }

        /// <summary>Unit after unit, from the few samples for which its output gradient is not zero.</summary>
        private void ByLists<TUpdate>(scoped ref GradientUse<TVector, TUpdate, TSquares> use, scoped NonZeroUnits nonZero)
            where TUpdate : IVectorUpdate<TVector>, allows ref struct
        {
            Span<int> complete = stackalloc int[_edges.Length - 1];
            int most = SumTree.Complete(complete), own = RowLength(most);
            Span<float> memory = Memory(own + TermLists.LengthByUnit(_edges, _geometry)), scratch = memory[own..];
            TermLists lists = TermLists.ByUnit(_dy, nonZero, _edges, complete, most, ref scratch, _geometry);
            SumRows(lists, _x, _edges[^1] - _edges[0], _factor, ref use, _weights, memory, _geometry);
        }

        /// <summary>Two or three vectors of inputs by two units at a time, of leaves whose tree is in registers. No units are all of them.</summary>
        private void ByTree<TUpdate>(scoped ref GradientUse<TVector, TUpdate, TSquares> use, scoped ReadOnlySpan<int> units)
            where TUpdate : IVectorUpdate<TVector>, allows ref struct
        {
            int first = _geometry.Part.First, last = _geometry.EndColumn, begin = first & -TVector.Count, end = (last + TVector.Count - 1) & -TVector.Count;
            if (!TUpdate.IsStateless)
            {
                ByTree(ref use, units, begin, end, default(WholeStore<TVector>));
                return;
            }

            // Of a vector at an edge others own some inputs.
            int from = begin < first ? begin + TVector.Count : begin, to = Math.Max(from, Math.Min(end, last) & -TVector.Count);
            if (begin < from)
            {
                ByTree(ref use, units, begin, from, new PartStore<TVector>(first - begin, Math.Min(from, last) - first));
            }

            ByTree(ref use, units, from, to, default(WholeStore<TVector>));
            if (to < end)
            {
                ByTree(ref use, units, to, end, new PartStore<TVector>(0, last - to));
            }
        }

        private void ByTree<TUpdate, TStore>(scoped ref GradientUse<TVector, TUpdate, TSquares> use, scoped ReadOnlySpan<int> units, int begin, int end, TStore store)
            where TUpdate : IVectorUpdate<TVector>, allows ref struct
            where TStore : struct, IVectorStore<TVector>
        {
            // The columns of inputs stay in the L1 cache for all units.
            int samples = _edges[^1] - _edges[0], width = TreeVectors * TVector.Count, stride = _geometry.InputStride, count = units.IsEmpty ? _geometry.Units : units.Length;
            int length = Math.Clamp(InputLength / samples, width, BlockLength) / width * width, stored = TreeUnits * BlockLength;
            Span<float> memory = Memory(stored);
            for (int block = begin; block < end; block += length)
            {
                int last = Math.Min(end, block + length);
                for (int u = 0; u < count; u += TreeUnits)
                {
                    // A last unit is computed twice, with that of the padding beside it if there are all units.
                    bool isPair = u <= count - TreeUnits;
                    int o = units.IsEmpty ? u : units[u], next = units.IsEmpty ? 1 : isPair ? units[u + 1] - o : 0;
                    if (TUpdate.IsStateless && isPair)
                    {
                        use.Squares.Begin(o);
                        Tree(ref use, ref MemoryMarshal.GetReference(_weights), (nuint)((o * stride) + block), next * stride, o, next, block, last, store);
                        continue;
                    }

                    // The gradients of up to two neighbours, then their weights: an optimizer with state changes all units.
                    Debug.Assert(units.IsEmpty || !isPair);
                    GradientUse<TVector, AssignUpdate<TVector>, NoSquares<TVector>> assign = default;
                    Tree(ref assign, ref MemoryMarshal.GetReference(memory), 0, BlockLength, o, next, block, last, default(WholeStore<TVector>));
                    Change(ref use, ref MemoryMarshal.GetReference(memory), o, isPair ? TreeUnits : 1, block, last);
                }
            }
        }

        /// <summary>Two or four vectors of inputs by four units at a time, of leaves that are long enough to be stored, or whose number is unusual.</summary>
        private void ByLongLeaves<TUpdate>(scoped ref GradientUse<TVector, TUpdate, TSquares> use, int begin, int end)
            where TUpdate : IVectorUpdate<TVector>, allows ref struct
        {
            int leaves = _edges.Length - 1, samples = _edges[leaves] - _edges[0];

            // Four units' deltas of one sample after the other: as they lie in dy, they would evict each other from the L1 cache.
            int units = Math.Max(UnitTile, Math.Min(DeltaLength / Math.Max(1, samples), _geometry.Units + UnitTile - 1) & -UnitTile);

            // The columns of inputs stay in the L1 cache for all units, and the runs of weights and state are as long as that allows.
            int most = TVector.Count == Lanes.Count ? LeafVectors : 2;
            int length = Math.Clamp(InputLength / Math.Max(1, samples), most * TVector.Count, BlockLength) & -(most * TVector.Count);
            Span<int> complete = stackalloc int[leaves];
            int sums = SumTree.Complete(complete) * most * UnitTile * TVector.Count, stored = UnitTile * BlockLength;
            Span<float> memory = Memory(sums + stored + (samples * units));
            Span<float> gradients = memory.Slice(sums, stored), deltas = memory[(sums + stored)..];
            for (int first = 0; first < _geometry.Units; first += units)
            {
                int tiles = (Math.Min(units, _geometry.Units - first) + UnitTile - 1) / UnitTile;
                for (int tile = 0; tile < tiles; tile++)
                {
                    for (int n = 0; n < samples; n++)
                    {
                        Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(_dy), (nuint)(((_edges[0] + n) * _geometry.UnitStride) + first + (tile * UnitTile)))
                            .StoreUnsafe(ref MemoryMarshal.GetReference(deltas), (nuint)(((tile * samples) + n) * UnitTile));
                    }
                }

                for (int block = begin; block < end; block += length)
                {
                    int last = Math.Min(end, block + length);
                    for (int tile = 0; tile < tiles; tile++)
                    {
                        for (int i = block, width; i < last; i += width * TVector.Count)
                        {
                            width = last - i < most * TVector.Count ? 2 : most;
                            LongTile(i, last - i, width, deltas[(tile * samples * UnitTile)..], complete, memory, ref gradients[i - block]);
                        }

                        Change(ref use, ref MemoryMarshal.GetReference(gradients), first + (tile * UnitTile), UnitTile, block, last);
                    }
                }
            }
        }

        /// <summary>Changes the weights of up to <paramref name="units"/> units by stored gradients of the inputs [<paramref name="begin"/>, <paramref name="end"/>).</summary>
        private void Change<TUpdate>(scoped ref GradientUse<TVector, TUpdate, TSquares> use, ref float gradient, int o, int units, int begin, int end)
            where TUpdate : IVectorUpdate<TVector>, allows ref struct
        {
            for (int r = 0; r < units && o + r < _geometry.Units; r++)
            {
                use.Squares.Begin(o + r);
                Apply(
                    ref use, ref Unsafe.Add(ref gradient, r * BlockLength), begin, ref MemoryMarshal.GetReference(_weights), (o + r) * _geometry.InputStride, begin, end, _geometry);
            }
        }

        /// <summary>Two units and the inputs [<paramref name="begin"/>, <paramref name="end"/>), by leaves and tree in registers.</summary>
        private readonly void Tree<TUpdate, TSums, TStore>(
            scoped ref GradientUse<TVector, TUpdate, TSums> use, ref float target, nuint index, int next, int o, int other, int begin, int end, TStore store)
            where TUpdate : IVectorUpdate<TVector>, allows ref struct
            where TSums : struct, IColumnSquares<TVector>, allows ref struct
            where TStore : struct, IVectorStore<TVector> => TreeTiles(
                _edges,
                ref MemoryMarshal.GetReference(_x[begin..]),
                (nuint)_geometry.InputStride,
                end - begin,
                ref MemoryMarshal.GetReference(_dy[o..]),
                (nuint)_geometry.UnitStride,
                (nuint)other,
                _factor,
                ref use,
                ref target,
                index,
                (nuint)next,
                store);

        /// <summary>Some vectors by four units, of leaves that are long enough to be stored.</summary>
        private readonly void LongTile(int i, int length, int width, scoped ReadOnlySpan<float> deltas, scoped ReadOnlySpan<int> complete, scoped Span<float> memory, ref float target)
        {
            int size = width * UnitTile * TVector.Count;
            nuint stride = (nuint)_geometry.InputStride;
            ref float top = ref MemoryMarshal.GetReference(memory);
            for (int h = 0; h < complete.Length; h++)
            {
                int first = _edges[h], count = _edges[h + 1] - first;
                ref float rows = ref count == 0 ? ref top : ref MemoryMarshal.GetReference(_x[((first * _geometry.InputStride) + i)..]);
                ref float scale = ref MemoryMarshal.GetReference(deltas[((first - _edges[0]) * UnitTile)..]);
                if (width == LeafVectors)
                {
                    WideLeaf(ref rows, stride, ref scale, count, ref top, complete[h]);
                }
                else
                {
                    TileLeaf(ref rows, Second(length), stride, ref scale, count, ref top, complete[h]);
                }

                top = ref Unsafe.Add(ref top, (1 - complete[h]) * size);
            }

            ScaleTile(ref MemoryMarshal.GetReference(memory), width, TVector.Broadcast(_factor), ref target, BlockLength);
        }
    }
}
