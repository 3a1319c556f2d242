using ConvNN.Files;

namespace ConvNN.Data.Idx;

/// <summary>SHA-256 of data whose pieces still arrive, on another thread: hashing a file takes about as long as decoding it.</summary>
internal sealed class ArrivingHash
{
    private readonly Sha256Hash _hash = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Hashes a piece after those before it.</summary>
    /// <param name="piece">The piece, which must no longer change.</param>
    public void Append(ReadOnlyMemory<byte> piece) =>
        _last = _last.ContinueWith(_ => _hash.Append(piece.Span), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>The hash of all pieces, as 64 lower-case hexadecimal digits.</summary>
    public Task<string> HexAsync() =>
        _last.ContinueWith(_ => _hash.Hex(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}
