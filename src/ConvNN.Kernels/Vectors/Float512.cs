using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ConvNN.Kernels.Vectors;

/// <summary>16 floats in one <see cref="Vector512{T}"/>.</summary>
internal readonly struct Float512(Vector512<float> value) : IVector<Float512>
{
    private readonly Vector512<float> _value = value;

    public static int Count => Vector512<float>.Count;

    public static Float512 Zero => new(Vector512<float>.Zero);

    /// <summary>The bits of each lane.</summary>
    public Vector512<int> Bits => _value.AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Load(ref float source, nuint index) => new(Vector512.LoadUnsafe(ref source, index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Add(Float512 left, Float512 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Multiply(Float512 left, Float512 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Divide(Float512 left, Float512 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 SquareRoot(Float512 value) => new(Vector512.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 MultiplyAdd(Float512 left, Float512 right, Float512 addend) =>
        new(Vector512.FusedMultiplyAdd(left._value, right._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 MultiplyAdd(Float512 left, ref float source, nuint index, Float512 addend) =>
        new(Vector512.FusedMultiplyAdd(left._value, Vector512.LoadUnsafe(ref source, index), addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ZeroWhereNotPositive(Float512 test, Float512 value) =>
        new(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(test._value, Vector512<float>.Zero), Vector512<float>.Zero, value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 SelectGreater(Float512 left, Float512 right, Float512 ifGreater, Float512 otherwise) =>
        new(Vector512.ConditionalSelect(
            Vector512.GreaterThan(left._value, right._value) | Vector512.IsNaN(left._value), ifGreater._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Larger(Float512 left, Float512 right) =>
#pragma warning disable RS0030 // What depends on the processor is said in IVector.
        new(Vector512.MaxNative(left._value, right._value));
#pragma warning restore RS0030

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 SelectEqual(Float512 left, Float512 right, Float512 ifEqual, Float512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(left._value, right._value), ifEqual._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWithin(Float512 value, Float512 bound) => Vector512.LessThanOrEqualAll(Vector512.Abs(value._value), bound._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Float512 value, ref byte target)
    {
        Vector512<int> whole = value._value.AsInt32();
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128Byte(whole).StoreUnsafe(ref target);
            return;
        }

        Vector256<short> halves = Vector256.Narrow(whole.GetLower(), whole.GetUpper());
        Vector128.Narrow(halves.GetLower().AsUInt16(), halves.GetUpper().AsUInt16()).StoreUnsafe(ref target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadBytes(ref byte source)
    {
        if (Avx512F.IsSupported)
        {
            return new(Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref source)).AsSingle());
        }

        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.LoadUnsafe(ref source));
        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.Create(low, high));
        return new(Vector512.Create(lower, upper).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ZeroUnlessSame(Float512 left, Float512 right, Float512 value) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(left._value.AsInt32(), right._value.AsInt32()).AsSingle(), value._value, Vector512<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float512 value, ref float target, nuint index) => value._value.StoreUnsafe(ref target, index);

    /// <summary>Writes the lanes [<paramref name="first"/>, <paramref name="first"/> + <paramref name="count"/>) by one instruction of AVX-512.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void StorePart(ref float target, nuint index, int first, int count)
    {
        Vector512<int> lanes = Vector512<int>.Indices - Vector512.Create(first);
        Vector512<uint> mask = Vector512.LessThan(lanes.AsUInt32(), Vector512.Create((uint)count));
        fixed (float* at = &Unsafe.Add(ref target, index))
        {
            Avx512F.MaskStore(at, mask.AsSingle(), _value);
        }
    }
}
