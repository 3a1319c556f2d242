using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace ConvNN.Pictures.Tests.Formats;

/// <summary>PNG files made by the letter of the format, one filter a row in turn.</summary>
internal static class PngBytes
{
    /// <summary>A whole file.</summary>
    /// <param name="rows">The samples as they stand in the rows [height, bytes].</param>
    public static byte[] File(int width, byte[][] rows, int colorType, int depth = 8, int step = 1, byte[]? palette = null, byte[]? opacity = null)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), rows.Length);
        (header[8], header[9]) = ((byte)depth, (byte)colorType);
        byte[] compressed = Compress(rows, step);
        int half = compressed.Length / 2;
        return
        [
            0x89, .. "PNG\r\n\u001a\n"u8,
            .. Chunk("IHDR", header),
            .. Chunk("tEXt", "Title\0a test"u8.ToArray()),
            .. palette is null ? [] : Chunk("PLTE", palette),
            .. opacity is null ? [] : Chunk("tRNS", opacity),
            .. Chunk("IDAT", compressed[..half]),
            .. Chunk("IDAT", compressed[half..]),
            .. Chunk("IEND", []),
        ];
    }

    /// <summary>A chunk with its checksum.</summary>
    public static byte[] Chunk(string type, byte[] data)
    {
        byte[] chunk = [0, 0, 0, 0, .. Encoding.ASCII.GetBytes(type), .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(^4), Crc32.HashToUInt32(chunk.AsSpan(4..^4)));
        return chunk;
    }

    private static byte[] Compress(byte[][] rows, int step)
    {
        MemoryStream file = new();
        using (ZLibStream stream = new(file, CompressionLevel.Optimal))
        {
            for (int y = 0; y < rows.Length; y++)
            {
                stream.WriteByte((byte)(y % 5));
                stream.Write([.. rows[y].Select((value, i) => (byte)(value - Predicted(rows, y, i, step)))]);
            }
        }

        return file.ToArray();
    }

    private static int Predicted(byte[][] rows, int y, int i, int step)
    {
        int left = i < step ? 0 : rows[y][i - step];
        int above = y == 0 ? 0 : rows[y - 1][i];
        int corner = y == 0 || i < step ? 0 : rows[y - 1][i - step];
        int linear = left + above - corner;
        int[] nearest = [.. ((int[])[left, above, corner]).OrderBy(value => Math.Abs(linear - value))];
        return (y % 5) switch { 0 => 0, 1 => left, 2 => above, 3 => (left + above) / 2, _ => nearest[0] };
    }
}
