using System.Runtime.InteropServices;
using System.Text;

namespace ConvNN.Training.Cluster;

/// <summary>Messages between all ranks whose length only the sender knows.</summary>
public static class Messages
{
    /// <summary>Every rank gets the texts of all; all ranks call it together.</summary>
    /// <param name="communicator">Connects the ranks.</param>
    /// <param name="own">The text of this rank.</param>
    /// <returns>A text for each rank.</returns>
    /// <exception cref="ClusterException">Ranks do not answer.</exception>
    public static string[] GatherTexts(this ICommunicator communicator, string own)
    {
        ArgumentNullException.ThrowIfNull(communicator);
        byte[] mine = Encoding.UTF8.GetBytes(own);
        int[] lengths = new int[communicator.Size];
        lengths[communicator.Rank] = mine.Length;
        communicator.Gather(MemoryMarshal.AsBytes(lengths.AsSpan()), [.. lengths.Select(_ => sizeof(int))]);
        byte[] all = new byte[lengths.Sum()];
        mine.CopyTo(all, lengths.Take(communicator.Rank).Sum());
        communicator.Gather(all, lengths);
        string[] texts = new string[lengths.Length];
        for (int rank = 0, start = 0; rank < texts.Length; start += lengths[rank], rank++)
        {
            texts[rank] = Encoding.UTF8.GetString(all, start, lengths[rank]);
        }

        return texts;
    }

    /// <summary>Every rank gets the bytes of rank 0; all ranks call it together.</summary>
    /// <param name="communicator">Connects the ranks.</param>
    /// <param name="bytes">The bytes; those of other ranks do not count.</param>
    /// <exception cref="ClusterException">Ranks do not answer.</exception>
    public static byte[] Share(this ICommunicator communicator, byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(communicator);
        ArgumentNullException.ThrowIfNull(bytes);
        int[] length = [bytes.Length];
        communicator.Broadcast(MemoryMarshal.AsBytes(length.AsSpan()), root: 0);
        Array.Resize(ref bytes, length[0]);
        communicator.Broadcast(bytes, root: 0);
        return bytes;
    }
}
