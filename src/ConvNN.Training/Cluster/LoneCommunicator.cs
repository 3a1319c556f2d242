namespace ConvNN.Training.Cluster;

/// <summary>The communicator of a process that is the only rank.</summary>
internal sealed class LoneCommunicator : ICommunicator
{
    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public TimeSpan Deadline { get; set; } = TimeSpan.MaxValue;

    /// <inheritdoc/>
    public void Exchange(ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentLengths, Span<byte> received, ReadOnlySpan<int> receivedLengths) => sent.CopyTo(received);

    /// <inheritdoc/>
    public void Gather(Span<byte> all, ReadOnlySpan<int> lengths)
    {
        // Its own slice is in its place.
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> bytes, int root)
    {
        // It has them.
    }

    /// <inheritdoc/>
    public void Send(int rank, ReadOnlySpan<byte> message) => throw new ArgumentOutOfRangeException(nameof(rank), rank, "There is no other rank.");

    /// <inheritdoc/>
    public byte[]? TryReceive(int rank) => null;

    /// <inheritdoc/>
    public void Abort(int exitCode)
    {
        // There is no job beside this process.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It holds nothing.
    }
}
