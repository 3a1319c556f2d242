using ConvNN.Kernels.Sums;

namespace ConvNN.Kernels.Tests.Sums;

/// <summary>Ways of cutting samples into leaves.</summary>
internal static class LeafEdges
{
    /// <summary>The edges of a step's cut into <paramref name="leaves"/> leaves.</summary>
    public static int[] Of(int samples, int leaves) => [.. Enumerable.Range(0, leaves + 1).Select(new LeafCut(samples, leaves).Start)];

    /// <summary>One leaf, eight, three, 64, empty ones at the front, amid and at the end, and leaves that are not all of the samples.</summary>
    public static IEnumerable<int[]> Kinds(int samples)
    {
        int half = samples / 2;
        yield return [0, samples];
        yield return Of(samples, 8);
        yield return Of(samples, 3);
        yield return Of(samples, 64);
        yield return [0, 0, 0, half, samples];
        yield return [0, half, half, half, samples];
        yield return [0, half, samples, samples, samples];
        yield return [samples / 3, half, samples - (samples / 4)];
    }

    /// <summary>One of the kinds.</summary>
    public static int[] Kind(int samples, int kind) => Kinds(samples).ElementAt(kind % 8);
}
