using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ConvNN.Training.Cluster;

/// <summary>What an exchange between ranks costs: a message takes a latency, and a time for each byte that a rank receives.</summary>
/// <param name="Latency">Seconds that a message takes, however short it is.</param>
/// <param name="SecondsPerByte">Seconds for each byte that a rank receives.</param>
/// <param name="SecondsPerFurtherByte">Seconds for each byte after the first quarter of a megabyte: less where a connection becomes faster while it sends.</param>
/// <remarks>The α–β model of Thakur, Rabenseifner and Gropp, 2005, doi:10.1177/1094342005051521, with a second β for long messages.</remarks>
public sealed record LinkSpeed(double Latency, double SecondsPerByte, double SecondsPerFurtherByte)
{
    private const int Turns = 21;
    private const int LongTurns = 3;
    private const int Turn = 6;

    private const int LongBytes = 1 << 18;
    private const int VeryLongBytes = 1 << 20;

    // On a slow network a few messages tell enough.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(0.5);

    /// <summary>Measures it; all ranks call it together, and get the same.</summary>
    /// <param name="communicator">Connects the ranks.</param>
    /// <exception cref="ClusterException">Ranks do not answer.</exception>
    public static LinkSpeed Measure(ICommunicator communicator)
    {
        ArgumentNullException.ThrowIfNull(communicator);
        double latency = Typical(communicator, sizeof(long), Turns);
        double whole = Math.Max(latency, Typical(communicator, LongBytes, LongTurns));
        double longest = Math.Max(whole, Typical(communicator, VeryLongBytes, LongTurns));
        double others = communicator.Size - 1;
        return new LinkSpeed(latency, (whole - latency) / (others * LongBytes), (longest - whole) / (others * (VeryLongBytes - LongBytes)));
    }

    /// <summary>The seconds that a message takes.</summary>
    /// <param name="bytes">The bytes that a rank receives.</param>
    public double Seconds(long bytes) =>
        Latency + (Math.Min(bytes, LongBytes) * SecondsPerByte) + (Math.Max(0, bytes - LongBytes) * SecondsPerFurtherByte);

    /// <summary>The largest of the values of all ranks.</summary>
    /// <param name="communicator">Connects the ranks.</param>
    /// <param name="value">The value of this rank.</param>
    public static double Max(ICommunicator communicator, double value)
    {
        ArgumentNullException.ThrowIfNull(communicator);
        double[] values = new double[communicator.Size];
        values[communicator.Rank] = value;
        communicator.Gather(MemoryMarshal.AsBytes(values.AsSpan()), [.. values.Select(_ => sizeof(double))]);
        return values.Max();
    }

    private static double Typical(ICommunicator communicator, int bytes, int turns)
    {
        byte[] all = GC.AllocateUninitializedArray<byte>(checked(bytes * communicator.Size), pinned: true);
        int[] lengths = [.. Enumerable.Repeat(bytes, communicator.Size)];
        List<double> seconds = [];

        // The first one opens connections. All ranks go on as long as the slowest finds it worth while.
        communicator.Gather(all, lengths);
        long begin = Stopwatch.GetTimestamp();
        do
        {
            // A rank that comes late finds its message there already, and the other waits the longer: only the mean tells.
            long before = Stopwatch.GetTimestamp();
            for (int round = 0; round < Turn; round++)
            {
                communicator.Gather(all, lengths);
            }

            seconds.Add(Stopwatch.GetElapsedTime(before).TotalSeconds / Turn);
        }
        while (seconds.Count < turns && Max(communicator, Stopwatch.GetElapsedTime(begin).TotalSeconds) < Enough.TotalSeconds);

        // Other programs delay some turns, so the faster ones show the connection.
        return Max(communicator, seconds.Order().ElementAt(seconds.Count / 4));
    }
}
