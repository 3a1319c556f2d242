using System.Runtime.CompilerServices;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <summary>The output gradients of a convolution, for <see cref="ColumnTerms{TVector, TDeltas}"/>.</summary>
internal interface IColumnDeltas
{
    /// <summary>Rows of outputs per filter.</summary>
    int Rows { get; }

    /// <summary>Pairs of columns per row; an odd last column has a zero beside it.</summary>
    int Pairs { get; }

    /// <summary>Writes the gradients of a filter's outputs, and adds them to the 16 lanes of its bias in the order of the definition.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="deltas">[Rows, blocks of 16 pairs, even and odd columns, 16], zero or as the last call left it; lanes past the last pair stay 0.</param>
    /// <param name="bias">The 16 lanes.</param>
    void Spread(int sample, int filter, Span<float> deltas, Span<float> bias);

    /// <summary>Adds the products of a filter's gradients and a plane to all chains of the filter, where there is a faster way than to spread the gradients.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="plane">The sample's plane.</param>
    /// <param name="split">Its sizes.</param>
    /// <param name="chains">[channels, rows, columns, 16], and the 16 lanes of the bias.</param>
    /// <returns>Whether there is.</returns>
    bool TryAdd(int sample, int filter, Span<float> plane, in SplitPlane split, Span<float> chains);
}

/// <summary>
/// The parameter gradients of a convolution with few channels, which sum by columns: a lane is a pair of columns, and a vector of
/// gradients is multiplied by rows of a <see cref="SplitPlane"/>. For a horizontal stride and dilation of 1.
/// </summary>
/// <remarks>The chains of a filter are [rows (c, kh), columns in blocks of three, 16 lanes], then the bias's 16 lanes.</remarks>
internal readonly ref struct ColumnTerms<TVector, TDeltas> : ILeafTerms
    where TVector : struct, IVector<TVector>
    where TDeltas : IColumnDeltas, allows ref struct
{
    // Rows and columns of a tile: nine chains of two multiply-adds each hide the latency. The 32 registers of AVX-512 have space for all
    // taps of a 5×5 kernel, which would leave a quarter of such tiles empty.
    private const int Tile = 3;

    private readonly TDeltas _deltas;
    private readonly ReadOnlySpan<float> _x;
    private readonly Span<float> _sample;
    private readonly Span<float> _outputs;
    private readonly Span<float> _chains;
    private readonly SplitPlane _plane;
    private readonly Conv2dGeometry _geometry;
    private readonly Size _size;

    private ColumnTerms(in TDeltas deltas, ReadOnlySpan<float> x, ref Span<float> scratch, in Conv2dGeometry geometry)
    {
        _deltas = deltas;
        _x = x;
        _plane = SplitPlane.Of(geometry);
        _geometry = geometry;
        _size = new Size(geometry);
        _sample = Scratch.Take(ref scratch, _plane.Length);
        _outputs = Scratch.Take(ref scratch, OutputsLength(deltas.Rows, deltas.Pairs));
        _chains = Scratch.Take(ref scratch, _size.AllChains);
        _sample.Clear();
        _outputs.Clear();
    }

    /// <summary>Floats of scratch memory for <see cref="Compute"/>.</summary>
    public static int ScratchLength(int rows, int pairs, in Conv2dGeometry geometry)
    {
        Size size = new(geometry);
        return checked(
            SplitPlane.Of(geometry).Length + OutputsLength(rows, pairs) + size.AllChains + SubtreeSums<TVector>.ScratchLength(size.AllChains / Lanes.Count));
    }

    /// <summary>Computes dw and db; see <see cref="Conv2dKernels.ParameterGradient"/>.</summary>
    public static void Compute(
        ReadOnlySpan<float> x, in TDeltas deltas, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in Conv2dGeometry geometry)
    {
        ColumnTerms<TVector, TDeltas> terms = new(deltas, x, ref scratch, geometry);
        Size size = terms._size;
        Span<float> sums = SubtreeSums<TVector>.Compute(terms, edges, scratch, size.AllChains / Lanes.Count);
        for (int f = 0; f < geometry.Filters; f++)
        {
            for (int t = 0; t < geometry.Taps; t++)
            {
                (int row, int column) = Math.DivRem(t, geometry.KernelWidth);
                dw[(f * geometry.TapStride) + t] = sums[(f * size.Chains) + (row * size.Columns) + column];
            }

            if (!db.IsEmpty)
            {
                db[f] = sums[((f + 1) * size.Chains) - 1];
            }
        }
    }

    /// <inheritdoc/>
    public void Sum(int first, int end, Span<float> sums)
    {
        int filterLength = _size.Chains * Lanes.Count;
        _chains.Clear();
        for (int n = first; n < end; n++)
        {
            _plane.Fill(_x[(n * _geometry.InputStride)..], _sample, _geometry);
            for (int f = 0; f < _geometry.Filters; f++)
            {
                Span<float> chains = _chains.Slice(f * filterLength, filterLength);
                int channel = f / _geometry.GroupFilters * _geometry.GroupChannels;
                Span<float> plane = _sample[(channel * _geometry.PaddedHeight * _plane.RowStride)..];
                if (!_deltas.TryAdd(n, f, plane, _plane, chains))
                {
                    _deltas.Spread(n, f, _outputs, chains[^Lanes.Count..]);
                    AddTaps(plane, chains);
                }
            }
        }

        LaneSum.AddHalves(_chains, sums);
    }

    private static int OutputsLength(int rows, int pairs) => checked(2 * rows * Lanes.RoundUp(pairs));

    private void AddTaps(Span<float> sample, Span<float> chains)
    {
        if (_size.IsFiveByFive)
        {
            for (int c = 0; c < _geometry.GroupChannels; c++)
            {
                TwentyFiveTaps(
                    ref _outputs[0],
                    ref sample[RowAt(5 * c)],
                    _plane.Column(1),
                    _geometry.DilationHeight * _plane.RowStride,
                    new Outputs(_deltas.Rows, Lanes.RoundUp(_deltas.Pairs) / Lanes.Count, _geometry.StrideHeight * _plane.RowStride),
                    ref chains[25 * c * Lanes.Count]);
            }

            return;
        }

        int used = Math.Min(Lanes.Count, _deltas.Pairs);
        Outputs outputs = new(_deltas.Rows, Lanes.RoundUp(_deltas.Pairs) / Lanes.Count, _geometry.StrideHeight * _plane.RowStride);
        for (int column = 0; column < _size.Columns; column += Tile)
        {
            // If fewer rows are left than a tile has, the last is computed again, with the same bits.
            for (int row = 0; row < _size.Rows; row += Tile)
            {
                int second = Math.Min(row + 1, _size.Rows - 1), third = Math.Min(row + 2, _size.Rows - 1);
                for (int lane = 0; lane < used; lane += TVector.Count)
                {
                    NineTaps(
                        ref _outputs[lane],
                        ref sample[RowAt(row) + _plane.Column(column) + lane],
                        _plane.Column(column + 1) - _plane.Column(column),
                        RowAt(second) - RowAt(row),
                        RowAt(third) - RowAt(row),
                        outputs,
                        ref chains[(((row * _size.Columns) + column) * Lanes.Count) + lane],
                        (second - row) * _size.Columns * Lanes.Count,
                        (third - row) * _size.Columns * Lanes.Count);
                }
            }
        }
    }

    private int RowAt(int row)
    {
        (int channel, int kh) = Math.DivRem(row, _geometry.KernelHeight);
        return ((channel * _geometry.PaddedHeight) + (kh * _geometry.DilationHeight)) * _plane.RowStride;
    }

    /// <summary>Three columns of three rows of a filter, for all outputs.</summary>
    private static void NineTaps(
        ref float deltas, ref float plane, nint next, nint second, nint third, Outputs outputs, ref float a, nint secondSums, nint thirdSums)
    {
        ref float b = ref Unsafe.Add(ref a, secondSums);
        ref float c = ref Unsafe.Add(ref a, thirdSums);
        TVector a0 = TVector.Load(ref a, 0), a1 = TVector.Load(ref a, Lanes.Count), a2 = TVector.Load(ref a, 2 * Lanes.Count);
        TVector b0 = TVector.Load(ref b, 0), b1 = TVector.Load(ref b, Lanes.Count), b2 = TVector.Load(ref b, 2 * Lanes.Count);
        TVector c0 = TVector.Load(ref c, 0), c1 = TVector.Load(ref c, Lanes.Count), c2 = TVector.Load(ref c, 2 * Lanes.Count);
        for (int row = 0; row < outputs.Rows; row++)
        {
            ref float corner = ref plane;
            for (int block = 0; block < outputs.Blocks; block++)
            {
                TVector even = TVector.Load(ref deltas, 0), odd = TVector.Load(ref deltas, Lanes.Count);
                ThreeTaps(ref corner, next, even, odd, ref a0, ref a1, ref a2);
                ThreeTaps(ref Unsafe.Add(ref corner, second), next, even, odd, ref b0, ref b1, ref b2);
                ThreeTaps(ref Unsafe.Add(ref corner, third), next, even, odd, ref c0, ref c1, ref c2);
                deltas = ref Unsafe.Add(ref deltas, 2 * Lanes.Count);
                corner = ref Unsafe.Add(ref corner, Lanes.Count);
            }

            plane = ref Unsafe.Add(ref plane, outputs.RowStride);
        }

        Store(a0, a1, a2, ref a);
        Store(b0, b1, b2, ref b);
        Store(c0, c1, c2, ref c);
    }

    /// <summary>All taps of a 5×5 kernel of one channel, for all outputs.</summary>
    private static void TwentyFiveTaps(ref float deltas, ref float plane, nint next, nint kernelRow, Outputs outputs, ref float a)
    {
        ref float b = ref Unsafe.Add(ref a, 5 * Lanes.Count);
        ref float c = ref Unsafe.Add(ref b, 5 * Lanes.Count);
        ref float d = ref Unsafe.Add(ref c, 5 * Lanes.Count);
        ref float e = ref Unsafe.Add(ref d, 5 * Lanes.Count);
        TVector a0 = TVector.Load(ref a, 0), a1 = TVector.Load(ref a, Lanes.Count), a2 = TVector.Load(ref a, 2 * Lanes.Count), a3 = TVector.Load(ref a, 3 * Lanes.Count), a4 = TVector.Load(ref a, 4 * Lanes.Count);
        TVector b0 = TVector.Load(ref b, 0), b1 = TVector.Load(ref b, Lanes.Count), b2 = TVector.Load(ref b, 2 * Lanes.Count), b3 = TVector.Load(ref b, 3 * Lanes.Count), b4 = TVector.Load(ref b, 4 * Lanes.Count);
        TVector c0 = TVector.Load(ref c, 0), c1 = TVector.Load(ref c, Lanes.Count), c2 = TVector.Load(ref c, 2 * Lanes.Count), c3 = TVector.Load(ref c, 3 * Lanes.Count), c4 = TVector.Load(ref c, 4 * Lanes.Count);
        TVector d0 = TVector.Load(ref d, 0), d1 = TVector.Load(ref d, Lanes.Count), d2 = TVector.Load(ref d, 2 * Lanes.Count), d3 = TVector.Load(ref d, 3 * Lanes.Count), d4 = TVector.Load(ref d, 4 * Lanes.Count);
        TVector e0 = TVector.Load(ref e, 0), e1 = TVector.Load(ref e, Lanes.Count), e2 = TVector.Load(ref e, 2 * Lanes.Count), e3 = TVector.Load(ref e, 3 * Lanes.Count), e4 = TVector.Load(ref e, 4 * Lanes.Count);
        for (int row = 0; row < outputs.Rows; row++)
        {
            for (int block = 0; block < outputs.Blocks; block++)
            {
                ref float corner = ref Unsafe.Add(ref plane, block * Lanes.Count);
                TVector even = TVector.Load(ref deltas, 0), odd = TVector.Load(ref deltas, Lanes.Count);
                deltas = ref Unsafe.Add(ref deltas, 2 * Lanes.Count);
                FiveTaps(ref corner, next, even, odd, ref a0, ref a1, ref a2, ref a3, ref a4);
                corner = ref Unsafe.Add(ref corner, kernelRow);
                FiveTaps(ref corner, next, even, odd, ref b0, ref b1, ref b2, ref b3, ref b4);
                corner = ref Unsafe.Add(ref corner, kernelRow);
                FiveTaps(ref corner, next, even, odd, ref c0, ref c1, ref c2, ref c3, ref c4);
                corner = ref Unsafe.Add(ref corner, kernelRow);
                FiveTaps(ref corner, next, even, odd, ref d0, ref d1, ref d2, ref d3, ref d4);
                corner = ref Unsafe.Add(ref corner, kernelRow);
                FiveTaps(ref corner, next, even, odd, ref e0, ref e1, ref e2, ref e3, ref e4);
            }

            plane = ref Unsafe.Add(ref plane, outputs.RowStride);
        }

        Store(a0, a1, a2, ref a);
        TVector.Store(a3, ref a, 3 * Lanes.Count);
        TVector.Store(a4, ref a, 4 * Lanes.Count);
        Store(b0, b1, b2, ref b);
        TVector.Store(b3, ref b, 3 * Lanes.Count);
        TVector.Store(b4, ref b, 4 * Lanes.Count);
        Store(c0, c1, c2, ref c);
        TVector.Store(c3, ref c, 3 * Lanes.Count);
        TVector.Store(c4, ref c, 4 * Lanes.Count);
        Store(d0, d1, d2, ref d);
        TVector.Store(d3, ref d, 3 * Lanes.Count);
        TVector.Store(d4, ref d, 4 * Lanes.Count);
        Store(e0, e1, e2, ref e);
        TVector.Store(e3, ref e, 3 * Lanes.Count);
        TVector.Store(e4, ref e, 4 * Lanes.Count);
    }

    /// <summary>Adjacent columns of a row: the outputs of odd columns see at a tap what those of even columns see at the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ThreeTaps(ref float corner, nint next, TVector even, TVector odd, ref TVector s0, ref TVector s1, ref TVector s2)
    {
        ref float other = ref Unsafe.Add(ref corner, next);
        TVector x0 = TVector.Load(ref corner, 0), x1 = TVector.Load(ref other, 0);
        TVector x2 = TVector.Load(ref corner, 1), x3 = TVector.Load(ref other, 1);
        s0 = TVector.MultiplyAdd(even, x0, s0);
        s1 = TVector.MultiplyAdd(even, x1, s1);
        s2 = TVector.MultiplyAdd(even, x2, s2);
        s0 = TVector.MultiplyAdd(odd, x1, s0);
        s1 = TVector.MultiplyAdd(odd, x2, s1);
        s2 = TVector.MultiplyAdd(odd, x3, s2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FiveTaps(
        ref float corner, nint next, TVector even, TVector odd, ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3, ref TVector s4)
    {
        ref float other = ref Unsafe.Add(ref corner, next);
        s0 = TVector.MultiplyAdd(even, TVector.Load(ref corner, 0), s0);
        TVector x = TVector.Load(ref other, 0);
        s1 = TVector.MultiplyAdd(even, x, s1);
        s0 = TVector.MultiplyAdd(odd, x, s0);
        x = TVector.Load(ref corner, 1);
        s2 = TVector.MultiplyAdd(even, x, s2);
        s1 = TVector.MultiplyAdd(odd, x, s1);
        x = TVector.Load(ref other, 1);
        s3 = TVector.MultiplyAdd(even, x, s3);
        s2 = TVector.MultiplyAdd(odd, x, s2);
        x = TVector.Load(ref corner, 2);
        s4 = TVector.MultiplyAdd(even, x, s4);
        s3 = TVector.MultiplyAdd(odd, x, s3);
        s4 = TVector.MultiplyAdd(odd, TVector.Load(ref other, 2), s4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector s0, TVector s1, TVector s2, ref float target)
    {
        TVector.Store(s0, ref target, 0);
        TVector.Store(s1, ref target, Lanes.Count);
        TVector.Store(s2, ref target, 2 * Lanes.Count);
    }

    /// <summary>Rows of outputs, blocks of 16 pairs in each, and floats from the plane's row for one to that for the next.</summary>
    private readonly record struct Outputs(int Rows, int Blocks, nint RowStride);

    /// <summary>Numbers of chains.</summary>
    private readonly struct Size(in Conv2dGeometry geometry)
    {
        private readonly int _filters = geometry.Filters;
        private readonly int _kernelWidth = geometry.KernelWidth;

        /// <summary>Rows (c, kh) of a filter.</summary>
        public int Rows { get; } = geometry.GroupChannels * geometry.KernelHeight;

        /// <summary>Whether a tile has all taps of a channel.</summary>
        public bool IsFiveByFive { get; } = TVector.Count == Lanes.Count && geometry is { KernelHeight: 5, KernelWidth: 5 };

        /// <summary>Columns, in whole tiles; those past the kernel's are ignored.</summary>
        public int Columns => IsFiveByFive ? 5 : (_kernelWidth + Tile - 1) / Tile * Tile;

        /// <summary>Chains of a filter, with the bias's.</summary>
        public int Chains => checked((Rows * Columns) + 1);

        /// <summary>Floats of the chains of all filters, whose sums are whole vectors.</summary>
        public int AllChains => checked(Lanes.RoundUp(_filters * Chains) * Lanes.Count);
    }
}
