using System.Globalization;
using System.Text;
using ConvNN.Data.Files;
using ConvNN.Files;

namespace ConvNN.Data.Images;

/// <summary>
/// Reads the PGM picture format, binary grey with one byte per pixel: <c>P5</c>, width, height and maximum value as text, then
/// the rows. See https://netpbm.sourceforge.net/doc/pgm.html.
/// </summary>
public static class PgmFile
{
    // Far more than a header with comments needs.
    private const int MaxHeader = 1 << 16;
    private const int MaxDigits = 9;

    /// <summary>Reads a file; the maximum value in its header becomes 255.</summary>
    /// <param name="path">A regular file, or a link to one.</param>
    /// <exception cref="DatasetException">The file is missing, cannot be read, or is not a valid picture of this kind.</exception>
    public static PngImage Read(string path) => RegularFile.Read(path, Read, (message, cause) => new DatasetException(message, cause));

    /// <summary>Reads a picture, as <see cref="Read(string)"/> does.</summary>
    /// <param name="stream">The file, from start to end; it must know its length.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="DatasetException">It is not a valid picture of this kind.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static PngImage Read(Stream stream, string name)
    {
        if (stream.Length > PngImage.MaxPixels + MaxHeader)
        {
            throw Wrong(name, $"has {stream.Length:N0} bytes, expected at most {PngImage.MaxPixels:N0} pixels; make it smaller");
        }

        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        if (!file.AsSpan().StartsWith("P5"u8))
        {
            string magic = Encoding.Latin1.GetString(file.AsSpan(0, Math.Min(2, file.Length)));
            throw Wrong(name, $"begins with '{magic}', expected P5, a binary PGM; save it in that form, or as PNG");
        }

        int position = 2;
        (int width, int height, int largest) = (Number(file, ref position, name), Number(file, ref position, name), Number(file, ref position, name));
        long pixels = (long)width * height;
        if (pixels is 0 or > PngImage.MaxPixels || largest is 0 or > byte.MaxValue)
        {
            throw Wrong(name, $"is {width:N0}×{height:N0} with values up to {largest}, expected 1 to {PngImage.MaxPixels:N0} pixels of 1 to 255; save it with one byte per pixel");
        }

        // One whitespace byte, then the rows up to the end.
        long found = file.Length - position - 1;
        if (found != pixels || !IsBlank(file[position]))
        {
            throw Wrong(name, $"header declares {width}×{height} = {pixels:N0} bytes, found {Math.Max(0, found):N0}; get the file again");
        }

        byte[] values = file[(position + 1)..];
        int above = values.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)largest);
        return above < 0
            ? new PngImage(width, height, Channels: 1, [.. values.Select(value => (byte)(((value * byte.MaxValue) + (largest / 2)) / largest))])
            : throw Wrong(name, $"pixel {above} is {values[above]}, expected 0 to {largest} as in the header; get the file again");
    }

    /// <summary>Reads the number after whitespace and comments, which go from # to the end of the line.</summary>
    private static int Number(ReadOnlySpan<byte> file, ref int position, string name)
    {
        int before = position;
        while (position < file.Length && (IsBlank(file[position]) || file[position] == '#'))
        {
            int line = file[position] == '#' ? file[position..].IndexOfAny((byte)'\n', (byte)'\r') : 0;
            position = line < 0 ? file.Length : position + line + 1;
        }

        int begin = position;
        while (position < file.Length && char.IsAsciiDigit((char)file[position]))
        {
            position++;
        }

        return position - begin is > 0 and <= MaxDigits && begin > before
            ? int.Parse(file[begin..position], CultureInfo.InvariantCulture)
            : throw Wrong(name, $"has no number at byte {begin}, where its header has width, height and largest value; get the file again");
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or >= (byte)'\t' and <= (byte)'\r';

    private static DatasetException Wrong(string name, FormattableString what) => new($"{name}: {what.ToString(CultureInfo.InvariantCulture)}.");
}
