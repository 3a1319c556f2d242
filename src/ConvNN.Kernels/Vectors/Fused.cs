using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ConvNN.Kernels.Vectors;

/// <summary>
/// Multiply-add of floats with one rounding, on vectors that may have no instruction for it: then it is computed in double, with the same bits.
/// </summary>
/// <remarks>
/// The framework's own way without an instruction is a call for each element. The product of two floats is exact in double. Its sum with
/// the third is rounded to odd: to the neighbour toward zero, with the last bit set where something was cut off. Rounding that to float
/// gives the float nearest to the exact sum, since double has more than two bits more than float (Boldo and Melquiond, "Emulation of a FMA
/// and Correctly Rounded Sums: Proved Algorithms Using Rounding to Odd", IEEE Transactions on Computers 57, 2008).
/// </remarks>
public static class Fused
{
    // MultiplyAdd asks the framework itself: the compiler then does not even read the other branch. A property in between costs so much
    // of what it may inline into one method that large tiles are left with calls.

    /// <summary>Whether the processor has an instruction for it, as far as this process may see.</summary>
    public static bool IsHardwareAccelerated => Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary><c>left · right + addend</c>, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> MultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> addend) =>
        Fma.IsSupported || AdvSimd.IsSupported ? Vector128.FusedMultiplyAdd(left, right, addend) : InDouble(left, right, addend);

    /// <summary><c>left · right + addend</c>, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> MultiplyAdd(Vector<float> left, Vector<float> right, Vector<float> addend) =>
        Fma.IsSupported || AdvSimd.IsSupported || !Vector128.IsHardwareAccelerated
            ? Vector.FusedMultiplyAdd(left, right, addend)
            : InDouble(left.AsVector128(), right.AsVector128(), addend.AsVector128()).AsVector();

    /// <summary><c>left · right + addend</c>, rounded once, without an instruction for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> InDouble(Vector128<float> left, Vector128<float> right, Vector128<float> addend) => Vector128.Narrow(
        SumToOdd(Vector128.WidenLower(left) * Vector128.WidenLower(right), Vector128.WidenLower(addend)),
        SumToOdd(Vector128.WidenUpper(left) * Vector128.WidenUpper(right), Vector128.WidenUpper(addend)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> SumToOdd(Vector128<double> x, Vector128<double> y)
    {
        // Knuth's sum and what it rounded off; the latter is not a number where the sum is infinite or none.
        Vector128<double> sum = x + y;
        Vector128<double> part = sum - x;
        Vector128<double> error = x - (sum - part) + (y - part);
        Vector128<double> isInexact = Vector128.LessThan(error, Vector128<double>.Zero) | Vector128.GreaterThan(error, Vector128<double>.Zero);

        // The sum is further from zero than it should be where the error has the other sign: -1 there takes a step back.
        Vector128<long> bits = sum.AsInt64();
        Vector128<long> back = Vector128.LessThan(error.AsInt64() ^ bits, Vector128<long>.Zero);
        return Vector128.ConditionalSelect(isInexact, ((bits + back) | Vector128<long>.One).AsDouble(), sum);
    }
}
