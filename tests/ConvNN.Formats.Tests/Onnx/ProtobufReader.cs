using System.Buffers.Binary;
using System.Text;

namespace ConvNN.Formats.Tests.Onnx;

/// <summary>Reads a message of protocol buffers by the letter of the encoding: each field with its number and value.</summary>
internal static class ProtobufReader
{
    public static List<(int Field, object Value)> Read(ReadOnlySpan<byte> bytes)
    {
        List<(int, object)> fields = [];
        while (bytes.Length > 0)
        {
            ulong tag = Varint(ref bytes);
            int length;
            object value;
            switch (tag & 7)
            {
                case 0:
                    value = (long)Varint(ref bytes);
                    break;
                case 2:
                    length = (int)Varint(ref bytes);
                    value = bytes[..length].ToArray();
                    bytes = bytes[length..];
                    break;
                default:
                    Assert.Equal(5UL, tag & 7);
                    value = BinaryPrimitives.ReadSingleLittleEndian(bytes);
                    bytes = bytes[sizeof(float)..];
                    break;
            }

            fields.Add(((int)(tag >> 3), value));
        }

        return fields;
    }

    /// <summary>The messages of a field.</summary>
    public static IEnumerable<List<(int Field, object Value)>> Messages(this List<(int Field, object Value)> message, int field) =>
        message.Where(part => part.Field == field).Select(part => Read((byte[])part.Value));

    /// <summary>The first text of a field.</summary>
    public static string Text(this List<(int Field, object Value)> message, int field) =>
        Encoding.UTF8.GetString((byte[])message.First(part => part.Field == field).Value);

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}
