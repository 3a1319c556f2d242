using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ConvNN.Kernels.Vectors;

/// <summary>8 floats in one <see cref="Vector256{T}"/>.</summary>
internal readonly struct Float256(Vector256<float> value) : IVector<Float256>
{
    private readonly Vector256<float> _value = value;

    public static int Count => Vector256<float>.Count;

    public static Float256 Zero => new(Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Load(ref float source, nuint index) => new(Vector256.LoadUnsafe(ref source, index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Add(Float256 left, Float256 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Multiply(Float256 left, Float256 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Divide(Float256 left, Float256 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 SquareRoot(Float256 value) => new(Vector256.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 MultiplyAdd(Float256 left, Float256 right, Float256 addend) =>
        new(Vector256.FusedMultiplyAdd(left._value, right._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 MultiplyAdd(Float256 left, ref float source, nuint index, Float256 addend) =>
        MultiplyAdd(left, Load(ref source, index), addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ZeroWhereNotPositive(Float256 test, Float256 value) =>
        new(Vector256.AndNot(value._value, Vector256.LessThanOrEqual(test._value, Vector256<float>.Zero)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 SelectGreater(Float256 left, Float256 right, Float256 ifGreater, Float256 otherwise) =>
        new(Vector256.ConditionalSelect(
            Vector256.GreaterThan(left._value, right._value) | Vector256.IsNaN(left._value), ifGreater._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Larger(Float256 left, Float256 right) =>
#pragma warning disable RS0030 // What depends on the processor is said in IVector.
        new(Vector256.MaxNative(left._value, right._value));
#pragma warning restore RS0030

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 SelectEqual(Float256 left, Float256 right, Float256 ifEqual, Float256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.Equals(left._value, right._value), ifEqual._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWithin(Float256 value, Float256 bound) => Vector256.LessThanOrEqualAll(Vector256.Abs(value._value), bound._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Float256 value, ref byte target)
    {
        Vector256<int> whole = value._value.AsInt32();
        Vector128<short> halves = Vector128.Narrow(whole.GetLower(), whole.GetUpper());
        Unsafe.WriteUnaligned(ref target, Vector128.Narrow(halves.AsUInt16(), halves.AsUInt16()).AsUInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadBytes(ref byte source)
    {
        Vector128<byte> bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(ref source)).AsByte();
        (Vector128<uint> lower, Vector128<uint> upper) = Vector128.Widen(Vector128.WidenLower(bytes));
        return new(Vector256.Create(lower, upper).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ZeroUnlessSame(Float256 left, Float256 right, Float256 value) =>
        new(Vector256.ConditionalSelect(Vector256.Equals(left._value.AsInt32(), right._value.AsInt32()).AsSingle(), value._value, Vector256<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float256 value, ref float target, nuint index) => value._value.StoreUnsafe(ref target, index);
}
