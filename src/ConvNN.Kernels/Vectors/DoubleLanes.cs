using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ConvNN.Kernels.Vectors;

/// <summary>
/// Sums in double along the 16 lanes: lane l adds the elements i ≡ l (mod 16) in order. A vector holds adjacent lanes, so its
/// width does not affect the result.
/// </summary>
internal static class DoubleLanes
{
    // Vectors of sums kept in registers during a pass. Narrow vectors need two passes to cover the lanes. If fewer vectors hold
    // all lanes (.NET does not choose such wide vectors by default), the values are added one by one.
    private const int Registers = 4;

    /// <summary><c>lanes[i mod 16] ← lanes[i mod 16] + x[i]</c>.</summary>
    public static void Add(ReadOnlySpan<float> x, Span<double> lanes)
    {
        Span<Vector<double>> sums = MemoryMarshal.Cast<double, Vector<double>>(lanes);
        int whole = Whole(x.Length, sums.Length), half = Vector<double>.Count;
        ref float values = ref MemoryMarshal.GetReference(x);
        for (int v = 0; v <= sums.Length - Registers; v += Registers)
        {
            ref Vector<double> sum = ref sums[v];
            Vector<double> s0 = sum, s1 = Unsafe.Add(ref sum, 1), s2 = Unsafe.Add(ref sum, 2), s3 = Unsafe.Add(ref sum, 3);
            for (int i = v * half; i < whole; i += Lanes.Count)
            {
                Vector.Widen(Vector.LoadUnsafe(ref values, (nuint)i), out Vector<double> low, out Vector<double> high);
                s0 += low;
                s1 += high;
                Vector.Widen(Vector.LoadUnsafe(ref values, (nuint)(i + (2 * half))), out low, out high);
                s2 += low;
                s3 += high;
            }

            (sum, Unsafe.Add(ref sum, 1), Unsafe.Add(ref sum, 2), Unsafe.Add(ref sum, 3)) = (s0, s1, s2, s3);
        }

        for (int i = whole; i < x.Length; i++)
        {
            lanes[i % Lanes.Count] += x[i];
        }
    }

    /// <summary><c>lanes[i mod 16] ← (x[i] − xMean) · (y[i] − yMean) + lanes[i mod 16]</c>, product and sum rounded once.</summary>
    public static void AddProducts(ReadOnlySpan<float> x, double xMean, ReadOnlySpan<float> y, double yMean, Span<double> lanes)
    {
        Debug.Assert(y.Length >= x.Length, "The products are of two spans of one length.");
        Span<Vector<double>> sums = MemoryMarshal.Cast<double, Vector<double>>(lanes);
        Vector<double> xMeans = Vector.Create(xMean), yMeans = Vector.Create(yMean);
        int whole = Whole(x.Length, sums.Length), half = Vector<double>.Count;
        ref float xs = ref MemoryMarshal.GetReference(x), ys = ref MemoryMarshal.GetReference(y);
        for (int v = 0; v <= sums.Length - Registers; v += Registers)
        {
            ref Vector<double> sum = ref sums[v];
            Vector<double> s0 = sum, s1 = Unsafe.Add(ref sum, 1), s2 = Unsafe.Add(ref sum, 2), s3 = Unsafe.Add(ref sum, 3);
            for (int i = v * half; i < whole; i += Lanes.Count)
            {
                Vector.Widen(Vector.LoadUnsafe(ref xs, (nuint)i), out Vector<double> xLow, out Vector<double> xHigh);
                Vector.Widen(Vector.LoadUnsafe(ref ys, (nuint)i), out Vector<double> yLow, out Vector<double> yHigh);
                s0 = Vector.FusedMultiplyAdd(xLow - xMeans, yLow - yMeans, s0);
                s1 = Vector.FusedMultiplyAdd(xHigh - xMeans, yHigh - yMeans, s1);
                Vector.Widen(Vector.LoadUnsafe(ref xs, (nuint)(i + (2 * half))), out xLow, out xHigh);
                Vector.Widen(Vector.LoadUnsafe(ref ys, (nuint)(i + (2 * half))), out yLow, out yHigh);
                s2 = Vector.FusedMultiplyAdd(xLow - xMeans, yLow - yMeans, s2);
                s3 = Vector.FusedMultiplyAdd(xHigh - xMeans, yHigh - yMeans, s3);
            }

            (sum, Unsafe.Add(ref sum, 1), Unsafe.Add(ref sum, 2), Unsafe.Add(ref sum, 3)) = (s0, s1, s2, s3);
        }

        for (int i = whole; i < x.Length; i++)
        {
            lanes[i % Lanes.Count] = Math.FusedMultiplyAdd(x[i] - xMean, y[i] - yMean, lanes[i % Lanes.Count]);
        }
    }

    private static int Whole(int length, int vectors) => vectors < Registers ? 0 : length & -Lanes.Count;
}
