using System.Globalization;

namespace ConvNN.Pictures.Formats;

/// <summary>
/// Binary PGM (grey) and PPM (colour) files with one byte per channel: <c>P5</c> or <c>P6</c>, width, height and maximum value as
/// text, then the rows. See https://netpbm.sourceforge.net/doc/pgm.html and ppm.html.
/// </summary>
internal sealed class PnmFormat : PictureFormat
{
    private const int MaxDigits = 9;

    /// <inheritdoc/>
    public override string Name => "PGM or PPM";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Extensions { get; } = [".pgm", ".ppm", ".pnm"];

    /// <inheritdoc/>
    public override bool Begins(ReadOnlySpan<byte> file) => file.StartsWith("P5"u8) || file.StartsWith("P6"u8);

    /// <summary>Decodes a file; the maximum value in its header becomes 255.</summary>
    /// <inheritdoc/>
    public override Picture Decode(byte[] file, string name)
    {
        int channels = file[1] == '5' ? 1 : 3;
        int position = 2;
        (int width, int height, int largest) = (Number(file, ref position, name), Number(file, ref position, name), Number(file, ref position, name));
        CheckSize(name, width, height);
        if (largest is 0 or > byte.MaxValue)
        {
            throw new PictureException($"{name}: has values up to {largest}, expected 1 to 255; save it with one byte per channel.");
        }

        // One whitespace byte, then the rows up to the end.
        long expected = (long)width * height * channels;
        long found = file.Length - position - 1;
        if (found != expected || !IsBlank(file[position]))
        {
            throw Damaged(name, $"its header declares {width}×{height}×{channels} = {expected:N0} bytes, found {Math.Max(0, found):N0}");
        }

        byte[] values = file[(position + 1)..];
        int above = values.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)largest);
        return above < 0
            ? new Picture(width, height, channels, [.. values.Select(value => (byte)(((value * byte.MaxValue) + (largest / 2)) / largest))])
            : throw Damaged(name, $"value {above} is {values[above]}, expected 0 to {largest} as in the header");
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
            : throw Damaged(name, $"it has no number at byte {begin}, where its header has width, height and largest value");
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or >= (byte)'\t' and <= (byte)'\r';
}
