using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>What is done with the squares of a gradient beside the update, while it is in registers.</summary>
internal interface IColumnSquares<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Begins the row of a unit, or the rows of two units of one block.</summary>
    void Begin(int unit);

    /// <summary>Adds the squares of two units' gradients, the first of which is that of the weights from <paramref name="index"/> that the store writes.</summary>
    void Add<TStore>(TVector first, TVector second, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>;

    /// <summary>Adds the squares of a unit's gradients, those of the weights from <paramref name="index"/> that the store writes.</summary>
    void Add<TStore>(TVector gradient, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>;
}

/// <summary>Nothing.</summary>
internal readonly struct NoSquares<TVector> : IColumnSquares<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <inheritdoc/>
    public void Begin(int unit)
    {
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add<TStore>(TVector first, TVector second, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>
    {
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add<TStore>(TVector gradient, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>
    {
    }
}

/// <summary>The chains of <see cref="SquareSums"/>.</summary>
internal ref struct ColumnSquares<TVector> : IColumnSquares<TVector>
    where TVector : struct, IVector<TVector>
{
    private readonly ref float _columns;
    private readonly int _block;
    private readonly int _stride;

    // From the place of a weight to that of its chain.
    private nint _shift;

    /// <summary>The chains of a call.</summary>
    public ColumnSquares(SquareSums sums, DenseGeometry geometry)
    {
        _columns = ref MemoryMarshal.GetReference(sums.Columns);
        _block = geometry.UnitBlock;
        _stride = geometry.InputStride;
    }

    /// <inheritdoc/>
    public void Begin(int unit) => _shift = (nint)((unit / _block) - unit) * _stride;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Add<TStore>(TVector first, TVector second, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>
    {
        index += (nuint)_shift;
        TVector sum = TVector.MultiplyAdd(first, first, TVector.Load(ref _columns, index));
        store.Store(TVector.MultiplyAdd(second, second, sum), ref _columns, index);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Add<TStore>(TVector gradient, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>
    {
        index += (nuint)_shift;
        store.Store(TVector.MultiplyAdd(gradient, gradient, TVector.Load(ref _columns, index)), ref _columns, index);
    }
}

/// <summary>What follows a gradient in registers.</summary>
internal ref struct GradientUse<TVector, TUpdate, TSquares>(TUpdate update, TSquares squares)
    where TVector : struct, IVector<TVector>
    where TUpdate : IVectorUpdate<TVector>, allows ref struct
    where TSquares : struct, IColumnSquares<TVector>, allows ref struct
{
    public TUpdate Update = update;
    public TSquares Squares = squares;
}
