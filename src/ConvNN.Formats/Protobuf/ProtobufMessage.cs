using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace ConvNN.Formats.Protobuf;

/// <summary>A Protocol Buffers message being written, field by field, by Google.Protobuf. Fields go by number, so no file of declarations is needed.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Both streams are memory alone.")]
internal sealed class ProtobufMessage
{
    private readonly MemoryStream _bytes = new();
    private readonly CodedOutputStream _output;

    /// <summary>Begins an empty message.</summary>
    public ProtobufMessage() => _output = new CodedOutputStream(_bytes, leaveOpen: true);

    /// <summary>Bytes so far.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            _output.Flush();
            return _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);
        }
    }

    /// <summary>Adds a whole number.</summary>
    public ProtobufMessage Add(int field, long value)
    {
        _output.WriteTag(field, WireFormat.WireType.Varint);
        _output.WriteInt64(value);
        return this;
    }

    /// <summary>Adds a float.</summary>
    public ProtobufMessage Add(int field, float value)
    {
        _output.WriteTag(field, WireFormat.WireType.Fixed32);
        _output.WriteFloat(value);
        return this;
    }

    /// <summary>Adds a double.</summary>
    public ProtobufMessage Add(int field, double value)
    {
        _output.WriteTag(field, WireFormat.WireType.Fixed64);
        _output.WriteDouble(value);
        return this;
    }

    /// <summary>Adds doubles, packed into one value.</summary>
    public ProtobufMessage AddPacked(int field, ReadOnlySpan<double> values)
    {
        _output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _output.WriteLength(values.Length * sizeof(double));
        foreach (double value in values)
        {
            _output.WriteDouble(value);
        }

        return this;
    }

    /// <summary>Adds a string.</summary>
    public ProtobufMessage Add(int field, string text)
    {
        _output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _output.WriteString(text);
        return this;
    }

    /// <summary>Adds a message.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage message) => Add(field, message.Bytes);

    /// <summary>Adds bytes.</summary>
    public ProtobufMessage Add(int field, ReadOnlySpan<byte> bytes)
    {
        _output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _output.WriteBytes(ByteString.CopyFrom(bytes));
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
}
