using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using ConvNN.Formats.Protobuf;

namespace ConvNN.Formats.TensorBoard;

/// <summary>An event file of TensorBoard: records of a length, its checksum, an event and its checksum. Not safe for use by several threads.</summary>
/// <remarks>The field numbers are those of <c>event.proto</c> in TensorBoard.</remarks>
public sealed class EventFile : IDisposable
{
    private const string Version = "brain.Event:2";
    private const int SessionStart = 1;

    private readonly Stream _stream;
    private readonly TimeProvider _time;
    private readonly ArrayBufferWriter<byte> _records = new();

    /// <summary>Begins a file.</summary>
    /// <param name="stream">Where it is written; closed with it.</param>
    /// <param name="time">The clock of the events.</param>
    public EventFile(Stream stream, TimeProvider time)
    {
        _stream = stream;
        _time = time;
        Write(0, new ProtobufMessage().Add(3, Version));
    }

    /// <summary>The name that TensorBoard looks for; it reads the files of a folder in the order of their names.</summary>
    /// <param name="begin">When the file begins.</param>
    /// <param name="host">The machine.</param>
    /// <param name="process">The number of the process.</param>
    public static string NameOf(DateTimeOffset begin, string host, int process) =>
        string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{begin.ToUnixTimeSeconds():0000000000}.{host}.{process}.0");

    /// <summary>Adds a mark that a run goes on: what other files say of this step and later ones is no longer shown.</summary>
    /// <param name="step">The first step of the run that is still to come.</param>
    public void AddStart(long step) => Write(step, new ProtobufMessage().Add(7, new ProtobufMessage().Add(1, (long)SessionStart)));

    /// <summary>Adds values.</summary>
    /// <param name="step">The step after which they hold.</param>
    /// <param name="summary">The values.</param>
    public void Add(long step, EventSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        Write(step, new ProtobufMessage().Add(5, summary.Message));
    }

    /// <summary>Writes what was added.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Flush()
    {
        _stream.Write(_records.WrittenSpan);
        _stream.Flush();
        _records.ResetWrittenCount();
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>The time in front of what an event has, in a record.</summary>
    private void Write(long step, ProtobufMessage what)
    {
        double seconds = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        byte[] content = [.. new ProtobufMessage().Add(1, seconds).Add(2, step).Bytes, .. what.Bytes];
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)content.Length);
        _records.Write(length);
        WriteChecksum(length);
        _records.Write(content);
        WriteChecksum(content);
    }

    private void WriteChecksum(ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_records.GetSpan(sizeof(uint)), Crc32C.Masked(bytes));
        _records.Advance(sizeof(uint));
    }
}
