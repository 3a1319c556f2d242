using System.Numerics;
using System.Runtime.InteropServices;

namespace ConvNN.Kernels;

/// <summary>
/// Sums in double along the 16 lanes: lane l takes the elements i ≡ l (mod 16), each in turn. A vector holds neighbouring
/// lanes, so its width does not show.
/// </summary>
internal static class DoubleLanes
{
    /// <summary><c>lanes[i mod 16] ← lanes[i mod 16] + x[i]</c>.</summary>
    public static void Add(ReadOnlySpan<float> x, Span<double> lanes)
    {
        Span<Vector<double>> sums = MemoryMarshal.Cast<double, Vector<double>>(lanes);
        int i = 0;
        for (; i <= x.Length - Lanes.Count; i += Lanes.Count)
        {
            for (int v = 0; v < sums.Length; v += 2)
            {
                Vector.Widen(Vector.Create(x[(i + (v * Vector<double>.Count))..]), out Vector<double> low, out Vector<double> high);
                sums[v] += low;
                sums[v + 1] += high;
            }
        }

        for (; i < x.Length; i++)
        {
            lanes[i % Lanes.Count] += x[i];
        }
    }

    /// <summary><c>lanes[i mod 16] ← (x[i] − xMean) · (y[i] − yMean) + lanes[i mod 16]</c>, the last two rounded once.</summary>
    public static void AddProducts(ReadOnlySpan<float> x, double xMean, ReadOnlySpan<float> y, double yMean, Span<double> lanes)
    {
        Span<Vector<double>> sums = MemoryMarshal.Cast<double, Vector<double>>(lanes);
        Vector<double> xMeans = Vector.Create(xMean), yMeans = Vector.Create(yMean);
        int i = 0;
        for (; i <= x.Length - Lanes.Count; i += Lanes.Count)
        {
            for (int v = 0; v < sums.Length; v += 2)
            {
                int at = i + (v * Vector<double>.Count);
                Vector.Widen(Vector.Create(x[at..]), out Vector<double> xLow, out Vector<double> xHigh);
                Vector.Widen(Vector.Create(y[at..]), out Vector<double> yLow, out Vector<double> yHigh);
                sums[v] = Vector.FusedMultiplyAdd(xLow - xMeans, yLow - yMeans, sums[v]);
                sums[v + 1] = Vector.FusedMultiplyAdd(xHigh - xMeans, yHigh - yMeans, sums[v + 1]);
            }
        }

        for (; i < x.Length; i++)
        {
            lanes[i % Lanes.Count] = Math.FusedMultiplyAdd(x[i] - xMean, y[i] - yMean, lanes[i % Lanes.Count]);
        }
    }
}
