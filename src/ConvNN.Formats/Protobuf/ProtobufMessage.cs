using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace ConvNN.Formats.Protobuf;

/// <summary>A Protocol Buffers message being written: fields by number, in the wire format.</summary>
/// <remarks><see href="https://protobuf.dev/programming-guides/encoding/">The encoding</see>.</remarks>
internal sealed class ProtobufMessage
{
    // Wire types: how a field's value is encoded.
    private const uint Varint = 0;
    private const uint EightBytes = 1;
    private const uint Delimited = 2;
    private const uint FourBytes = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Bytes so far.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Adds a whole number.</summary>
    public ProtobufMessage Add(int field, long value)
    {
        WriteTag(field, Varint);
        WriteVarint((ulong)value);
        return this;
    }

    /// <summary>Adds a float.</summary>
    public ProtobufMessage Add(int field, float value)
    {
        WriteTag(field, FourBytes);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Adds a double.</summary>
    public ProtobufMessage Add(int field, double value)
    {
        WriteTag(field, EightBytes);
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Adds doubles, packed into one value.</summary>
    public ProtobufMessage AddPacked(int field, ReadOnlySpan<double> values)
    {
        byte[] bytes = new byte[values.Length * sizeof(double)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)), values[i]);
        }

        return Add(field, bytes);
    }

    /// <summary>Adds a string.</summary>
    public ProtobufMessage Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds a message.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage message) => Add(field, message.Bytes);

    /// <summary>Adds bytes.</summary>
    public ProtobufMessage Add(int field, ReadOnlySpan<byte> bytes)
    {
        WriteTag(field, Delimited);
        WriteVarint((ulong)bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Adds floats as raw bytes, little-endian.</summary>
    public ProtobufMessage AddRaw(int field, float[] values)
    {
        if (!BitConverter.IsLittleEndian)
        {
            Span<int> bits = MemoryMarshal.Cast<float, int>(values.AsSpan());
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }

        return Add(field, MemoryMarshal.AsBytes<float>(values));
    }

    private void WriteTag(int field, uint kind) => WriteVarint(((ulong)field << 3) | kind);

    /// <summary>Seven bits per byte, lowest first; the eighth bit says that more follow.</summary>
    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Write([(byte)(value | 0x80)]);
        }

        _bytes.Write([(byte)value]);
    }
}
