using System.IO.Compression;
using ConvNN.Data.Files;

namespace ConvNN.Data.Images;

/// <summary>The rows of a PNG file: compressed by zlib, each preceded by a byte that gives its filter (section 9 of the format).</summary>
internal static class PngRows
{
    /// <summary>Decompresses the rows and undoes their filters.</summary>
    /// <param name="header">The header.</param>
    /// <param name="compressed">The data of all <c>IDAT</c> chunks.</param>
    /// <param name="name">The file's name in messages.</param>
    /// <returns>The rows [Height, RowBytes].</returns>
    /// <exception cref="DatasetException">There are too few or too many rows, or they are damaged.</exception>
    public static byte[] Decode(PngHeader header, byte[] compressed, string name)
    {
        // Deflate expands a byte to about a thousand bytes at most.
        long expected = (long)(header.RowBytes + 1) * header.Height;
        if (expected > (compressed.LongLength + 1) * 1032)
        {
            throw Damaged(name, FormattableString.Invariant($"{compressed.Length:N0} bytes cannot hold its {expected:N0}"));
        }

        byte[] rows = new byte[(long)header.RowBytes * header.Height];
        byte[] none = new byte[header.RowBytes];
        using ZLibStream stream = new(new MemoryStream(compressed), CompressionMode.Decompress);
        Span<byte> filter = stackalloc byte[1];
        for (int y = 0; y < header.Height; y++)
        {
            Span<byte> row = rows.AsSpan(y * header.RowBytes, header.RowBytes);
            if (stream.ReadUpTo(filter) < 1 || stream.ReadUpTo(row) < row.Length)
            {
                throw Damaged(name, FormattableString.Invariant($"its data end in row {y} of {header.Height}"));
            }

            Undo(filter[0], row, y == 0 ? none : rows.AsSpan((y - 1) * header.RowBytes, header.RowBytes), header.FilterStep, name);
        }

        return stream.ReadUpTo(filter) == 0 ? rows : throw Damaged(name, "more data follow its last row");
    }

    private static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int step, string name)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < step ? 0 : row[i - step];
            int corner = i < step ? 0 : above[i - step];
            row[i] += (byte)(filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Paeth(left, above[i], corner),
                _ => throw Damaged(name, $"a row has filter {filter}, expected 0 to 4"),
            });
        }
    }

    /// <summary>Of three neighbours, the one closest to their linear prediction; the first if several are equally close.</summary>
    private static int Paeth(int left, int above, int corner)
    {
        int toLeft = Math.Abs(above - corner);
        int toAbove = Math.Abs(left - corner);
        int toCorner = Math.Abs(left + above - (2 * corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }

    private static DatasetException Damaged(string name, string what) => new($"{name}: is damaged: {what}; get the file again.");
}
