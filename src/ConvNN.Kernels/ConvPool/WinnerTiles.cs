using System.Runtime.CompilerServices;
using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <summary>
/// What the winners of a filter add to the weights' and to the inputs' gradients, in tiles of at most three rows and columns of the
/// kernel and one vector of channels. Nine chains hide the latency of a multiply-add, and fit into sixteen registers; where there are
/// 32, a tile has two vectors of channels.
/// </summary>
/// <param name="plane">The layout of the sample.</param>
/// <param name="geometry">The sizes.</param>
internal readonly struct WinnerTiles<TVector>(ChannelPlane plane, in Conv2dGeometry geometry)
    where TVector : struct, IVector<TVector>
{
    private const int Most = 3;

    // Floats from one row, and from one column, to the next.
    private readonly (nuint Row, nuint Column) _inputs = ((nuint)plane.RowStride, (nuint)plane.Depth);
    private readonly (nuint Row, nuint Column) _weights = ((nuint)(geometry.KernelWidth * plane.Depth), (nuint)plane.Depth);
    private readonly (int Rows, int Columns) _kernel = (geometry.KernelHeight, geometry.KernelWidth);

    /// <summary><c>sums[kh, kw, c] += Σ_k delta_k · plane[position_k + (kh, kw, c)]</c>, with the winners in order.</summary>
    public void Gather(ref Winner winners, int count, ref float plane, ref float sums) =>
        Tiles<Gathering>(ref winners, count, ref plane, ref sums, rows: Most);

    /// <summary>
    /// <c>plane[position_k + (kh, kw, c)] += delta_k · w[kh, kw, c]</c>, from the last winner to the first. Each input thus receives the
    /// kernel's rows in ascending order, and in each row its columns; so a tile has whole rows, or part of one.
    /// </summary>
    public void Scatter(ref Winner winners, int count, ref float w, ref float plane) =>
        Tiles<Scattering>(ref winners, count, ref plane, ref w, rows: _kernel.Columns <= Most ? Most : 1);

    private void Tiles<TWork>(ref Winner winners, int count, ref float plane, ref float weights, int rows)
        where TWork : IWork
    {
        nuint c = 0, lanes = (nuint)TVector.Count;
        for (; TVector.Count == Lanes.Count && c + lanes < _weights.Column; c += 2 * lanes)
        {
            Tiles<TWork, Pair>(ref winners, count, ref Unsafe.Add(ref plane, c), ref Unsafe.Add(ref weights, c), rows);
        }

        for (; c < _weights.Column; c += lanes)
        {
            Tiles<TWork, Single>(ref winners, count, ref Unsafe.Add(ref plane, c), ref Unsafe.Add(ref weights, c), rows);
        }
    }

    private void Tiles<TWork, TChannels>(ref Winner winners, int count, ref float plane, ref float weights, int rows)
        where TWork : IWork
        where TChannels : struct, IChannels<TChannels>
    {
        for (int kh = 0; kh < _kernel.Rows; kh += rows)
        {
            for (int kw = 0; kw < _kernel.Columns; kw += Most)
            {
                ref float x = ref Unsafe.Add(ref plane, ((nuint)kh * _inputs.Row) + ((nuint)kw * _inputs.Column));
                ref float w = ref Unsafe.Add(ref weights, ((nuint)kh * _weights.Row) + ((nuint)kw * _weights.Column));
                switch (Math.Min(rows, _kernel.Rows - kh))
                {
                    case 1:
                        Tile<TWork, TChannels, One>(ref winners, count, ref x, ref w, _kernel.Columns - kw);
                        break;
                    case 2:
                        Tile<TWork, TChannels, Two>(ref winners, count, ref x, ref w, _kernel.Columns - kw);
                        break;
                    default:
                        Tile<TWork, TChannels, Three>(ref winners, count, ref x, ref w, _kernel.Columns - kw);
                        break;
                }
            }
        }
    }

    private void Tile<TWork, TChannels, TRows>(ref Winner winners, int count, ref float plane, ref float weights, int columns)
        where TWork : IWork
        where TChannels : struct, IChannels<TChannels>
        where TRows : INumber
    {
        switch (columns)
        {
            case 1:
                TWork.Run<TChannels, TRows, One>(ref winners, count, ref plane, _inputs, ref weights, _weights);
                break;
            case 2:
                TWork.Run<TChannels, TRows, Two>(ref winners, count, ref plane, _inputs, ref weights, _weights);
                break;
            default:
                TWork.Run<TChannels, TRows, Three>(ref winners, count, ref plane, _inputs, ref weights, _weights);
                break;
        }
    }

    /// <summary>What is done with a tile.</summary>
    private interface IWork
    {
        static abstract void Run<TChannels, TRows, TColumns>(
            ref Winner winners, nint count, ref float plane, (nuint Row, nuint Column) inputs, ref float weights, (nuint Row, nuint Column) kernel)
            where TChannels : struct, IChannels<TChannels>
            where TRows : INumber
            where TColumns : INumber;
    }

    /// <summary>A number that is known when a method is compiled, which leaves out what is for larger ones.</summary>
    private interface INumber
    {
        static abstract int Value { get; }
    }

    /// <summary>The channels of a tile: one vector or two.</summary>
    private interface IChannels<TSelf>
    {
        static abstract TSelf Load(ref float source, nuint index);

        static abstract TSelf MultiplyAdd(TVector left, ref float source, nuint index, TSelf addend);

        static abstract void AddProduct(TVector left, TSelf right, ref float target, nuint index);

        static abstract void Store(TSelf value, ref float target, nuint index);
    }

    private readonly struct One : INumber
    {
        public static int Value => 1;
    }

    private readonly struct Two : INumber
    {
        public static int Value => 2;
    }

    private readonly struct Three : INumber
    {
        public static int Value => 3;
    }

    private readonly struct Single(TVector value) : IChannels<Single>
    {
        private readonly TVector _value = value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Single Load(ref float source, nuint index) => new(TVector.Load(ref source, index));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Single MultiplyAdd(TVector left, ref float source, nuint index, Single addend) => new(TVector.MultiplyAdd(left, ref source, index, addend._value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void AddProduct(TVector left, Single right, ref float target, nuint index) =>
            TVector.Store(TVector.MultiplyAdd(left, right._value, TVector.Load(ref target, index)), ref target, index);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Single value, ref float target, nuint index) => TVector.Store(value._value, ref target, index);
    }

    private readonly struct Pair(TVector first, TVector second) : IChannels<Pair>
    {
        private readonly TVector _first = first, _second = second;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair Load(ref float source, nuint index) => new(TVector.Load(ref source, index), TVector.Load(ref source, index + (nuint)TVector.Count));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair MultiplyAdd(TVector left, ref float source, nuint index, Pair addend) => new(
            TVector.MultiplyAdd(left, ref source, index, addend._first), TVector.MultiplyAdd(left, ref source, index + (nuint)TVector.Count, addend._second));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void AddProduct(TVector left, Pair right, ref float target, nuint index)
        {
            nuint next = index + (nuint)TVector.Count;
            TVector.Store(TVector.MultiplyAdd(left, right._first, TVector.Load(ref target, index)), ref target, index);
            TVector.Store(TVector.MultiplyAdd(left, right._second, TVector.Load(ref target, next)), ref target, next);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Pair value, ref float target, nuint index)
        {
            TVector.Store(value._first, ref target, index);
            TVector.Store(value._second, ref target, index + (nuint)TVector.Count);
        }
    }

    private readonly struct Gathering : IWork
    {
        public static void Run<TChannels, TRows, TColumns>(
            ref Winner winners, nint count, ref float plane, (nuint Row, nuint Column) inputs, ref float weights, (nuint Row, nuint Column) kernel)
            where TChannels : struct, IChannels<TChannels>
            where TRows : INumber
            where TColumns : INumber
        {
            (nuint row, nuint column) = inputs;
            TChannels a0 = TChannels.Load(ref weights, 0);
            TChannels a1 = TColumns.Value > 1 ? TChannels.Load(ref weights, kernel.Column) : default;
            TChannels a2 = TColumns.Value > 2 ? TChannels.Load(ref weights, 2 * kernel.Column) : default;
            TChannels b0 = TRows.Value > 1 ? TChannels.Load(ref weights, kernel.Row) : default;
            TChannels b1 = TRows.Value > 1 && TColumns.Value > 1 ? TChannels.Load(ref weights, kernel.Row + kernel.Column) : default;
            TChannels b2 = TRows.Value > 1 && TColumns.Value > 2 ? TChannels.Load(ref weights, kernel.Row + (2 * kernel.Column)) : default;
            TChannels c0 = TRows.Value > 2 ? TChannels.Load(ref weights, 2 * kernel.Row) : default;
            TChannels c1 = TRows.Value > 2 && TColumns.Value > 1 ? TChannels.Load(ref weights, (2 * kernel.Row) + kernel.Column) : default;
            TChannels c2 = TRows.Value > 2 && TColumns.Value > 2 ? TChannels.Load(ref weights, (2 * kernel.Row) + (2 * kernel.Column)) : default;
            for (nint k = 0; k < count; k++)
            {
                ref Winner winner = ref Unsafe.Add(ref winners, k);
                ref float x = ref Unsafe.Add(ref plane, winner.Position);
                TVector delta = TVector.Broadcast(winner.Delta);
                a0 = TChannels.MultiplyAdd(delta, ref x, 0, a0);
                if (TColumns.Value > 1)
                {
                    a1 = TChannels.MultiplyAdd(delta, ref x, column, a1);
                }

                if (TColumns.Value > 2)
                {
                    a2 = TChannels.MultiplyAdd(delta, ref x, 2 * column, a2);
                }

                if (TRows.Value > 1)
                {
                    b0 = TChannels.MultiplyAdd(delta, ref x, row, b0);
                }

                if (TRows.Value > 1 && TColumns.Value > 1)
                {
                    b1 = TChannels.MultiplyAdd(delta, ref x, row + column, b1);
                }

                if (TRows.Value > 1 && TColumns.Value > 2)
                {
                    b2 = TChannels.MultiplyAdd(delta, ref x, row + (2 * column), b2);
                }

                if (TRows.Value > 2)
                {
                    c0 = TChannels.MultiplyAdd(delta, ref x, 2 * row, c0);
                }

                if (TRows.Value > 2 && TColumns.Value > 1)
                {
                    c1 = TChannels.MultiplyAdd(delta, ref x, (2 * row) + column, c1);
                }

                if (TRows.Value > 2 && TColumns.Value > 2)
                {
                    c2 = TChannels.MultiplyAdd(delta, ref x, (2 * row) + (2 * column), c2);
                }
            }

            TChannels.Store(a0, ref weights, 0);
            if (TColumns.Value > 1)
            {
                TChannels.Store(a1, ref weights, kernel.Column);
            }

            if (TColumns.Value > 2)
            {
                TChannels.Store(a2, ref weights, 2 * kernel.Column);
            }

            if (TRows.Value > 1)
            {
                TChannels.Store(b0, ref weights, kernel.Row);
            }

            if (TRows.Value > 1 && TColumns.Value > 1)
            {
                TChannels.Store(b1, ref weights, kernel.Row + kernel.Column);
            }

            if (TRows.Value > 1 && TColumns.Value > 2)
            {
                TChannels.Store(b2, ref weights, kernel.Row + (2 * kernel.Column));
            }

            if (TRows.Value > 2)
            {
                TChannels.Store(c0, ref weights, 2 * kernel.Row);
            }

            if (TRows.Value > 2 && TColumns.Value > 1)
            {
                TChannels.Store(c1, ref weights, (2 * kernel.Row) + kernel.Column);
            }

            if (TRows.Value > 2 && TColumns.Value > 2)
            {
                TChannels.Store(c2, ref weights, (2 * kernel.Row) + (2 * kernel.Column));
            }
        }
    }

    private readonly struct Scattering : IWork
    {
        public static void Run<TChannels, TRows, TColumns>(
            ref Winner winners, nint count, ref float plane, (nuint Row, nuint Column) inputs, ref float weights, (nuint Row, nuint Column) kernel)
            where TChannels : struct, IChannels<TChannels>
            where TRows : INumber
            where TColumns : INumber
        {
            (nuint row, nuint column) = inputs;
            TChannels a0 = TChannels.Load(ref weights, 0);
            TChannels a1 = TColumns.Value > 1 ? TChannels.Load(ref weights, kernel.Column) : default;
            TChannels a2 = TColumns.Value > 2 ? TChannels.Load(ref weights, 2 * kernel.Column) : default;
            TChannels b0 = TRows.Value > 1 ? TChannels.Load(ref weights, kernel.Row) : default;
            TChannels b1 = TRows.Value > 1 && TColumns.Value > 1 ? TChannels.Load(ref weights, kernel.Row + kernel.Column) : default;
            TChannels b2 = TRows.Value > 1 && TColumns.Value > 2 ? TChannels.Load(ref weights, kernel.Row + (2 * kernel.Column)) : default;
            TChannels c0 = TRows.Value > 2 ? TChannels.Load(ref weights, 2 * kernel.Row) : default;
            TChannels c1 = TRows.Value > 2 && TColumns.Value > 1 ? TChannels.Load(ref weights, (2 * kernel.Row) + kernel.Column) : default;
            TChannels c2 = TRows.Value > 2 && TColumns.Value > 2 ? TChannels.Load(ref weights, (2 * kernel.Row) + (2 * kernel.Column)) : default;
            for (nint k = count - 1; k >= 0; k--)
            {
                ref Winner winner = ref Unsafe.Add(ref winners, k);
                ref float x = ref Unsafe.Add(ref plane, winner.Position);
                TVector delta = TVector.Broadcast(winner.Delta);
                TChannels.AddProduct(delta, a0, ref x, 0);
                if (TColumns.Value > 1)
                {
                    TChannels.AddProduct(delta, a1, ref x, column);
                }

                if (TColumns.Value > 2)
                {
                    TChannels.AddProduct(delta, a2, ref x, 2 * column);
                }

                if (TRows.Value > 1)
                {
                    TChannels.AddProduct(delta, b0, ref x, row);
                }

                if (TRows.Value > 1 && TColumns.Value > 1)
                {
                    TChannels.AddProduct(delta, b1, ref x, row + column);
                }

                if (TRows.Value > 1 && TColumns.Value > 2)
                {
                    TChannels.AddProduct(delta, b2, ref x, row + (2 * column));
                }

                if (TRows.Value > 2)
                {
                    TChannels.AddProduct(delta, c0, ref x, 2 * row);
                }

                if (TRows.Value > 2 && TColumns.Value > 1)
                {
                    TChannels.AddProduct(delta, c1, ref x, (2 * row) + column);
                }

                if (TRows.Value > 2 && TColumns.Value > 2)
                {
                    TChannels.AddProduct(delta, c2, ref x, (2 * row) + (2 * column));
                }
            }
        }
    }
}
