using System.Buffers.Binary;
using System.Text;
using ConvNN.Formats.SafeTensors;

namespace ConvNN.Formats.Tests.SafeTensors;

/// <summary>Files put together by hand.</summary>
internal static class SafeTensorsBytes
{
    /// <summary>The format's own example: a 2×2 matrix of zeros.</summary>
    public static readonly byte[] Good =
        Of("""{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}""", 16);

    /// <summary>A header and as many zero bytes of data.</summary>
    public static byte[] Of(string header, int data) => Of(Encoding.UTF8.GetBytes(header), data);

    /// <summary>A header and as many zero bytes of data.</summary>
    public static byte[] Of(byte[] header, int data)
    {
        byte[] file = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        header.CopyTo(file, 8);
        return file;
    }

    public static SafeTensorsHeader Read(byte[] file) => SafeTensorsHeader.Read(new MemoryStream(file), "test");
}
