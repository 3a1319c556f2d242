namespace ConvNN.Kernels.Vectors;

/// <summary>The operations of a hardware vector that the kernels use, so that one body serves every width.</summary>
/// <remarks>Each is rounded once per lane, by IEEE 754, on every CPU; what is not exact so has no place here.</remarks>
internal interface IVector<TSelf>
    where TSelf : struct, IVector<TSelf>
{
    /// <summary>Lanes of the vector; divides <see cref="Lanes.Count"/>.</summary>
    static abstract int Count { get; }

    /// <summary>Zero in every lane.</summary>
    static abstract TSelf Zero { get; }

    /// <summary><paramref name="value"/> in every lane.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>Lane l is the float at <paramref name="index"/> + l.</summary>
    static abstract TSelf Load(ref float source, nuint index);

    /// <summary><c>left + right</c>.</summary>
    static abstract TSelf Add(TSelf left, TSelf right);

    /// <summary><c>left · right</c>.</summary>
    static abstract TSelf Multiply(TSelf left, TSelf right);

    /// <summary><c>left / right</c>.</summary>
    static abstract TSelf Divide(TSelf left, TSelf right);

    /// <summary><c>√value</c>.</summary>
    static abstract TSelf SquareRoot(TSelf value);

    /// <summary><c>left · right + addend</c>, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>Zero where <paramref name="test"/> ≤ 0, else <paramref name="value"/>; so NaN in <paramref name="test"/> lets the value through.</summary>
    static abstract TSelf ZeroWhereNotPositive(TSelf test, TSelf value);

    /// <summary><paramref name="ifGreater"/> where <paramref name="left"/> &gt; <paramref name="right"/> or is NaN, else <paramref name="otherwise"/>.</summary>
    static abstract TSelf SelectGreater(TSelf left, TSelf right, TSelf ifGreater, TSelf otherwise);

    /// <summary>Whether no lane of <paramref name="value"/> is larger in magnitude than that of <paramref name="bound"/>, or NaN.</summary>
    static abstract bool IsWithin(TSelf value, TSelf bound);

    /// <summary>Writes lane l, whose bits are a whole number from 0 to 127, to byte l of <paramref name="target"/>.</summary>
    static abstract void StoreBytes(TSelf value, ref byte target);

    /// <summary>Writes lane l to <paramref name="index"/> + l.</summary>
    static abstract void Store(TSelf value, ref float target, nuint index);
}
