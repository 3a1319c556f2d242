namespace ConvNN.Training.Cluster;

/// <summary>
/// Connects the ranks of a job: processes, often on several machines, that train together. All ranks call the same collectives
/// (<see cref="Exchange"/>, <see cref="Gather"/>, <see cref="Broadcast"/>) in the same order. One call at a time, from any thread.
/// </summary>
/// <remarks>
/// It carries bytes and adds no numbers: the order of every sum is ConvNN's own, so that the weights do not depend on the ranks. No call
/// waits longer than <see cref="Deadline"/>: it throws a <see cref="ClusterException"/> instead, and the communicator cannot be used after that.
/// </remarks>
public interface ICommunicator : IDisposable
{
    /// <summary>This process among the ranks, from 0.</summary>
    int Rank { get; }

    /// <summary>The number of ranks.</summary>
    int Size { get; }

    /// <summary>The longest that a call waits for other ranks. Any thread may set it: a call that waits on another thread takes notice.</summary>
    TimeSpan Deadline { get; set; }

    /// <summary>All-to-all: sends a slice to each rank, and receives one from each. Slices are in the order of ranks, without gaps; a rank's own is copied.</summary>
    /// <param name="sent">The slices to send.</param>
    /// <param name="sentLengths">Their lengths in bytes, one for each rank.</param>
    /// <param name="received">Where slices are received; it must not overlap what is sent.</param>
    /// <param name="receivedLengths">Their lengths in bytes: what each rank sends to this one.</param>
    /// <exception cref="ClusterException">Ranks did not answer in time, or the connection failed.</exception>
    void Exchange(ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentLengths, Span<byte> received, ReadOnlySpan<int> receivedLengths);

    /// <summary>All-gather: every rank gets the slices of all ranks.</summary>
    /// <param name="all">All slices in the order of ranks, without gaps. The rank's own is in its place before the call, the others after it.</param>
    /// <param name="lengths">Their lengths in bytes, one for each rank, equal on all ranks.</param>
    /// <exception cref="ClusterException">Ranks did not answer in time, or the connection failed.</exception>
    void Gather(Span<byte> all, ReadOnlySpan<int> lengths);

    /// <summary>Every rank gets the bytes of one.</summary>
    /// <param name="bytes">The bytes; the same number on all ranks.</param>
    /// <param name="root">The rank that has them before the call.</param>
    /// <exception cref="ClusterException">Ranks did not answer in time, or the connection failed.</exception>
    void Broadcast(Span<byte> bytes, int root);

    /// <summary>
    /// Sends a message to one rank, which receives it with <see cref="TryReceive"/>, and does not wait for that. Messages of two ranks keep
    /// their order. A long one leaves in pieces, each while its sender makes a call.
    /// </summary>
    /// <param name="rank">The other rank.</param>
    /// <param name="message">The message, of any length.</param>
    /// <exception cref="ClusterException">The connection failed.</exception>
    void Send(int rank, ReadOnlySpan<byte> message);

    /// <summary>Takes the next message of a rank; does not wait for one.</summary>
    /// <param name="rank">The other rank.</param>
    /// <returns>The message; null if none is there as a whole.</returns>
    /// <exception cref="ClusterException">The connection failed.</exception>
    byte[]? TryReceive(int rank);

    /// <summary>
    /// Ends all ranks of the job at once, this one last or with them. It may not return. Any thread may call it, while a call waits on
    /// another one, too.
    /// </summary>
    /// <param name="exitCode">The exit code of the job; the first counts.</param>
    void Abort(int exitCode);
}
