using System.Runtime.InteropServices;

namespace ConvNN.Cluster;

/// <summary>Messages between two ranks, which nobody waits for: they go and come while other calls are made.</summary>
/// <param name="link">The communicator.</param>
/// <param name="tag">The tag that keeps them apart from all else.</param>
internal sealed unsafe class MpiMessages(MpiLink link, int tag)
{
    private readonly List<Outgoing> _outgoing = [];
    private readonly Dictionary<int, Incoming> _incoming = [];

    /// <summary>Ranks that have not taken all messages.</summary>
    public IEnumerable<int> Unsent => _outgoing.Select(message => message.Rank);

    /// <summary>Begins to send a copy of a message.</summary>
    public void Send(int rank, ReadOnlySpan<byte> message)
    {
        // The request and the bytes, in memory that stays where it is.
        nint* request = (nint*)NativeMemory.AllocZeroed((nuint)(sizeof(nint) + message.Length));
        byte* bytes = (byte*)(request + 1);
        message.CopyTo(new Span<byte>(bytes, message.Length));
        link.Send(bytes, message.Length, rank, tag, request);
        _outgoing.Add(new Outgoing(rank, (nint)request));
        Progress();
    }

    /// <summary>Takes the next message of a rank, if all of it is there.</summary>
    public byte[]? TryReceive(int rank)
    {
        Progress();
        if (!_incoming.TryGetValue(rank, out Incoming? message))
        {
            if (link.Probe(rank, tag) is not int length)
            {
                return null;
            }

            message = new Incoming(length);
            link.Receive(message.Address, length, rank, tag, message.Request);
            _incoming.Add(rank, message);
        }

        // A long message comes in pieces, for each of which its sender has to do something; it is not waited for.
        if (!link.Test(message.Request, rank, message.Bytes.Length))
        {
            return null;
        }

        _incoming.Remove(rank);
        return message.Bytes;
    }

    /// <summary>Goes on with sending, and lets go of what is sent.</summary>
    public void Progress()
    {
        for (int i = _outgoing.Count - 1; i >= 0; i--)
        {
            nint* request = (nint*)_outgoing[i].Request;
            if (link.Test(request))
            {
                _outgoing.RemoveAt(i);
                NativeMemory.Free(request);
            }
        }
    }

    private sealed record Outgoing(int Rank, nint Request);

    /// <summary>A message that arrives, in arrays that stay where they are.</summary>
    private sealed class Incoming(int length)
    {
        private readonly nint[] _request = GC.AllocateArray<nint>(1, pinned: true);

        /// <summary>Its bytes.</summary>
        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(length, pinned: true);

        /// <summary>Where they begin.</summary>
        public byte* Address => (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(Bytes, 0);

        /// <summary>MPI's request.</summary>
        public nint* Request => (nint*)Marshal.UnsafeAddrOfPinnedArrayElement(_request, 0);
    }
}
