using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ConvNN.Kernels.Vectors;

/// <summary>4 floats in one <see cref="Vector128{T}"/>.</summary>
internal readonly struct Float128(Vector128<float> value) : IVector<Float128>
{
    private readonly Vector128<float> _value = value;

    public static int Count => Vector128<float>.Count;

    public static Float128 Zero => new(Vector128<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Load(ref float source, nuint index) => new(Vector128.LoadUnsafe(ref source, index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Add(Float128 left, Float128 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Multiply(Float128 left, Float128 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Divide(Float128 left, Float128 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 SquareRoot(Float128 value) => new(Vector128.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 MultiplyAdd(Float128 left, Float128 right, Float128 addend) =>
        new(Fused.MultiplyAdd(left._value, right._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 MultiplyAdd(Float128 left, ref float source, nuint index, Float128 addend) =>
        MultiplyAdd(left, Load(ref source, index), addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 ZeroWhereNotPositive(Float128 test, Float128 value) =>
        new(Vector128.AndNot(value._value, Vector128.LessThanOrEqual(test._value, Vector128<float>.Zero)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 SelectGreater(Float128 left, Float128 right, Float128 ifGreater, Float128 otherwise) =>
        new(Vector128.ConditionalSelect(
            Vector128.GreaterThan(left._value, right._value) | Vector128.IsNaN(left._value), ifGreater._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Larger(Float128 left, Float128 right) =>
#pragma warning disable RS0030 // What depends on the processor is said in IVector.
        new(Vector128.MaxNative(left._value, right._value));
#pragma warning restore RS0030

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 SelectEqual(Float128 left, Float128 right, Float128 ifEqual, Float128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(left._value, right._value), ifEqual._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWithin(Float128 value, Float128 bound) => Vector128.LessThanOrEqualAll(Vector128.Abs(value._value), bound._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Float128 value, ref byte target)
    {
        Vector128<int> whole = value._value.AsInt32();
        Vector128<short> halves = Vector128.Narrow(whole, whole);
        Unsafe.WriteUnaligned(ref target, Vector128.Narrow(halves.AsUInt16(), halves.AsUInt16()).AsUInt32().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadBytes(ref byte source)
    {
        Vector128<byte> bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(ref source)).AsByte();
        return new(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 ZeroUnlessSame(Float128 left, Float128 right, Float128 value) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(left._value.AsInt32(), right._value.AsInt32()).AsSingle(), value._value, Vector128<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float128 value, ref float target, nuint index) => value._value.StoreUnsafe(ref target, index);
}
