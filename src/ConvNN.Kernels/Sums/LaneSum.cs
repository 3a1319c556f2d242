using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Sums;

/// <summary>Reference implementation of the 16-lane sum.</summary>
internal static class LaneSum
{
    /// <summary>
    /// <c>Σ_i x[i] · w[i]</c>: lane l is a chain of fused multiply-adds over i ≡ l (mod 16) from +0. Then the upper half of the
    /// lanes is added to the lower half, four times.
    /// </summary>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> w)
    {
        Span<float> lanes = stackalloc float[Lanes.Count];
        lanes.Clear();
        for (int i = 0; i < x.Length; i++)
        {
            lanes[i % Lanes.Count] = MathF.FusedMultiplyAdd(x[i], w[i], lanes[i % Lanes.Count]);
        }

        for (int half = Lanes.Count / 2; half > 0; half /= 2)
        {
            for (int l = 0; l < half; l++)
            {
                lanes[l] += lanes[l + half];
            }
        }

        return lanes[0] + 0f;
    }
}
