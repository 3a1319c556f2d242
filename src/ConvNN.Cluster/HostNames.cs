using System.Text;
using ConvNN.Training.Cluster;

namespace ConvNN.Cluster;

/// <summary>The names of the hosts that ranks run on.</summary>
internal static class HostNames
{
    // Linux allows 64 characters, of a byte each.
    private const int Length = 64;

    /// <summary>Every rank gets the host names of all.</summary>
    /// <param name="communicator">The ranks.</param>
    /// <returns>A name for each rank.</returns>
    public static string[] Gather(ICommunicator communicator)
    {
        byte[] names = new byte[communicator.Size * Length];
        byte[] own = Encoding.UTF8.GetBytes(Environment.MachineName);
        own.AsSpan(0, Math.Min(own.Length, Length)).CopyTo(names.AsSpan(communicator.Rank * Length));
        communicator.Gather(names, [.. Enumerable.Repeat(Length, communicator.Size)]);
        return [.. Enumerable.Range(0, communicator.Size).Select(rank => Encoding.UTF8.GetString(names, rank * Length, Length).TrimEnd('\0'))];
    }
}
