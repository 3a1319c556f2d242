using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using ConvNN.Data.Files;

namespace ConvNN.Data.Images;

/// <summary>
/// The chunks of a PNG file (W3C, Portable Network Graphics, section 5): length, type, data, and a checksum of type and data.
/// Ancillary chunks are skipped.
/// </summary>
internal static class PngChunks
{
    private const int MaxPalette = 256;
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads a whole file.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="name">Its name in messages.</param>
    /// <returns>The header; the palette's colours as red, green, blue and alpha; the compressed rows.</returns>
    /// <exception cref="DatasetException">It is not a complete PNG file.</exception>
    public static (PngHeader Header, byte[] Palette, byte[] Compressed) Read(Stream stream, string name)
    {
        Span<byte> signature = stackalloc byte[Signature.Length];
        if (stream.ReadAtLeast(signature, signature.Length, throwOnEndOfStream: false) < signature.Length || !signature.SequenceEqual(Signature))
        {
            throw new DatasetException($"{name}: is not a PNG file: it begins with {Convert.ToHexString(signature)}, expected {Convert.ToHexString(Signature)}.");
        }

        PngHeader? header = null;
        byte[] palette = [];
        MemoryStream compressed = new();
        while (true)
        {
            (string type, byte[] data) = ReadChunk(stream, name);
            if (header is null != (type == "IHDR") || (type == "IHDR" && data.Length != PngHeader.Length))
            {
                throw Damaged(name, $"chunk {type} of {data.Length} bytes is not expected here");
            }

            switch (type)
            {
                case "IHDR":
                    header = PngHeader.Read(data, name);
                    break;
                case "PLTE":
                    palette = ReadPalette(data, name);
                    break;
                case "tRNS" when header is { ColorType: PngColorType.Palette }:
                    SetOpacity(palette, data, name);
                    break;
                case "IDAT":
                    compressed.Write(data);
                    break;
                case "IEND":
                    return (header!.Value, palette, compressed.ToArray());
                default:
                    // A capital letter marks a critical chunk, which a reader must understand.
                    if (char.IsAsciiLetterUpper(type[0]))
                    {
                        throw new DatasetException($"{name}: needs chunk {type}, which is not supported; save it as a plain PNG.");
                    }

                    break;
            }
        }
    }

    private static (string Type, byte[] Data) ReadChunk(Stream stream, string name)
    {
        Span<byte> head = stackalloc byte[8];
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
        {
            throw Damaged(name, "it ends before its last chunk, IEND");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(head);
        ReadOnlySpan<byte> type = head[4..];
        if (!Ascii.IsValid(type) || type.ContainsAnyExceptInRange((byte)'A', (byte)'z'))
        {
            throw Damaged(name, $"a chunk has the type 0x{Convert.ToHexString(type)}, which is not made of letters");
        }

        string word = Encoding.ASCII.GetString(type);
        long left = stream.Length - stream.Position - sizeof(uint);
        if (length > left)
        {
            throw Damaged(name, $"chunk {word} declares {length} bytes, but {Math.Max(0, left)} are left");
        }

        byte[] data = new byte[length];
        stream.ReadExactly(data);
        Span<byte> checksum = stackalloc byte[sizeof(uint)];
        stream.ReadExactly(checksum);
        Crc32 crc = new();
        crc.Append(type);
        crc.Append(data);
        return BinaryPrimitives.ReadUInt32BigEndian(checksum) == crc.GetCurrentHashAsUInt32()
            ? (word, data)
            : throw Damaged(name, $"the checksum of chunk {word} does not match");
    }

    private static byte[] ReadPalette(byte[] data, string name)
    {
        if (data.Length == 0 || data.Length % 3 != 0 || data.Length > 3 * MaxPalette)
        {
            throw Damaged(name, $"its palette has {data.Length} bytes, expected three for each of 1 to {MaxPalette} colours");
        }

        byte[] palette = new byte[data.Length / 3 * 4];
        for (int i = 0; i < data.Length / 3; i++)
        {
            data.AsSpan(3 * i, 3).CopyTo(palette.AsSpan(4 * i));
            palette[(4 * i) + 3] = byte.MaxValue;
        }

        return palette;
    }

    private static void SetOpacity(byte[] palette, byte[] data, string name)
    {
        if (data.Length > palette.Length / 4)
        {
            throw Damaged(name, $"it sets the opacity of {data.Length} colours but has only {palette.Length / 4}");
        }

        for (int i = 0; i < data.Length; i++)
        {
            palette[(4 * i) + 3] = data[i];
        }
    }

    private static DatasetException Damaged(string name, string what) => new($"{name}: is damaged: {what}; get the file again.");
}
