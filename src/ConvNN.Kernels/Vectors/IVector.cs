namespace ConvNN.Kernels.Vectors;

/// <summary>The operations on hardware vectors that the kernels use: one method body serves every width.</summary>
/// <remarks>
/// Each operation rounds once per lane, as IEEE 754 specifies, on every CPU; other operations are not allowed here. <see cref="Larger"/> alone
/// depends on the processor, for operands that its callers exclude.
/// </remarks>
internal interface IVector<TSelf>
    where TSelf : struct, IVector<TSelf>
{
    /// <summary>Number of lanes; a divisor of <see cref="Lanes.Count"/>.</summary>
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

    /// <summary>The same, whose second factor in lane l is the float at <paramref name="index"/> + l. With 512 bits it is one instruction, unlike a load into a variable.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, ref float source, nuint index, TSelf addend);

    /// <summary>Zero where <paramref name="test"/> ≤ 0, otherwise (including NaN) <paramref name="value"/>.</summary>
    static abstract TSelf ZeroWhereNotPositive(TSelf test, TSelf value);

    /// <summary>
    /// <paramref name="ifGreater"/> where <paramref name="left"/> is NaN or &gt; <paramref name="right"/>, otherwise
    /// <paramref name="otherwise"/>.
    /// </summary>
    static abstract TSelf SelectGreater(TSelf left, TSelf right, TSelf ifGreater, TSelf otherwise);

    /// <summary>
    /// The larger value of each lane, of numbers: where one is NaN, the result depends on the processor. Of zeros it is +0 if
    /// <paramref name="right"/> is +0; otherwise its sign depends on the processor.
    /// </summary>
    static abstract TSelf Larger(TSelf left, TSelf right);

    /// <summary><paramref name="ifEqual"/> where <paramref name="left"/> = <paramref name="right"/>, otherwise <paramref name="otherwise"/>.</summary>
    static abstract TSelf SelectEqual(TSelf left, TSelf right, TSelf ifEqual, TSelf otherwise);

    /// <summary>Whether |<paramref name="value"/>| ≤ <paramref name="bound"/> in every lane; false if any lane is NaN.</summary>
    static abstract bool IsWithin(TSelf value, TSelf bound);

    /// <summary>Writes lane l, whose bits hold an integer from 0 to 127, to byte l of <paramref name="target"/>.</summary>
    static abstract void StoreBytes(TSelf value, ref byte target);

    /// <summary>The bits of lane l hold the integer in byte l of <paramref name="source"/>.</summary>
    static abstract TSelf LoadBytes(ref byte source);

    /// <summary><paramref name="value"/> where <paramref name="left"/> and <paramref name="right"/> have the same bits, otherwise +0.</summary>
    static abstract TSelf ZeroUnlessSame(TSelf left, TSelf right, TSelf value);

    /// <summary>Writes lane l to <paramref name="index"/> + l.</summary>
    static abstract void Store(TSelf value, ref float target, nuint index);
}
