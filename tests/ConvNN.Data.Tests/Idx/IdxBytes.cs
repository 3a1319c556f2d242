using System.IO.Compression;

namespace ConvNN.Data.Tests.Idx;

/// <summary>Writes IDX files, valid and not, independently of the reader.</summary>
internal static class IdxBytes
{
    /// <summary>A file of unsigned bytes whose header says <paramref name="dimensions"/> and whose data are as given.</summary>
    public static byte[] Raw(uint[] dimensions, byte[] data) =>
    [
        0, 0, 8, (byte)dimensions.Length,
        .. dimensions.SelectMany(size => new[] { (byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size }),
        .. data,
    ];

    /// <summary>Small images of pseudorandom pixels.</summary>
    public static byte[] Images(int count, int height = 3, int width = 4) =>
        Raw([(uint)count, (uint)height, (uint)width], Pixels(count * height * width));

    /// <summary>A file of labels.</summary>
    public static byte[] Labels(params byte[] labels) => Raw([(uint)labels.Length], labels);

    public static byte[] Pixels(int count)
    {
        byte[] pixels = new byte[count];
        new Random(count).NextBytes(pixels);
        return pixels;
    }

    public static byte[] Gzip(byte[] content, CompressionLevel level = CompressionLevel.SmallestSize)
    {
        using var buffer = new MemoryStream();

        using (var gzip = new GZipStream(buffer, level))
        {
            gzip.Write(content);
        }

        return buffer.ToArray();
    }
}
