using System.Diagnostics;
using System.Globalization;
using ConvNN.Training.Cluster;

namespace ConvNN.Cluster.Program;

/// <summary>Measures how long collectives take.</summary>
internal static class Measure
{
    /// <summary>Runs each collective for a while.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <returns>A line for each: the median time of a call, and the bytes that a rank receives from others.</returns>
    public static IEnumerable<string> Run(ICommunicator ranks)
    {
        foreach (int length in new[] { 64, 5_000, 65_000, 730_000 })
        {
            int slice = length / ranks.Size;
            int[] whole = [.. Enumerable.Repeat(length, ranks.Size)];
            int[] parts = [.. Enumerable.Repeat(slice, ranks.Size)];
            byte[] all = new byte[whole.Sum()];
            byte[] sent = new byte[whole.Sum()];
            byte[] received = new byte[whole.Sum()];
            yield return Line(ranks, "gather", length, () => ranks.Gather(all, whole));
            yield return Line(ranks, "exchange", length, () => ranks.Exchange(sent, whole, received, whole));
            yield return Line(ranks, "gather of parts", slice, () => ranks.Gather(all.AsSpan(0, parts.Sum()), parts));
        }
    }

    private static string Line(ICommunicator ranks, string name, int length, Action call)
    {
        // The number of calls is everywhere the same.
        int calls = length < 10_000 ? 20_000 : 500;
        double[] microseconds = new double[calls];
        for (int i = 0; i < calls / 10; i++)
        {
            call();
        }

        for (int i = 0; i < calls; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            call();
            microseconds[i] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
        }

        Array.Sort(microseconds);
        double median = microseconds[calls / 2];
        double gigabytes = length * (ranks.Size - 1) / median / 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{name} of {length} bytes: median {median:0.0} us, 90 % {microseconds[calls * 9 / 10]:0.0} us, {gigabytes:0.00} GB/s");
    }
}
