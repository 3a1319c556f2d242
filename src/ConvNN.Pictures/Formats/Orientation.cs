using System.Buffers.Binary;

namespace ConvNN.Pictures.Formats;

/// <summary>How a camera was held: the EXIF tag <c>Orientation</c> (CIPA DC-008, section 4.6.4), 1 to 8.</summary>
internal static class Orientation
{
    /// <summary>The picture is stored as it is seen.</summary>
    public const int Upright = 1;

    private const int Tag = 0x0112;
    private const int EntryBytes = 12;

    /// <summary>Finds the orientation in EXIF data.</summary>
    /// <param name="exif">The data, from their TIFF header on.</param>
    /// <returns>1 to 8; 1 if there is none, or the data are damaged, since the picture is whole without them.</returns>
    public static int Of(ReadOnlySpan<byte> exif)
    {
        if (exif.Length < 8 || !(exif.StartsWith("II"u8) || exif.StartsWith("MM"u8)))
        {
            return Upright;
        }

        bool isLittle = exif[0] == (byte)'I';
        uint directory = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(exif[4..]) : BinaryPrimitives.ReadUInt32BigEndian(exif[4..]);
        if (directory > exif.Length - 2)
        {
            return Upright;
        }

        int count = Number(exif[(int)directory..], isLittle);
        ReadOnlySpan<byte> entries = exif[((int)directory + 2)..];
        for (int i = 0; i < count && (i + 1) * EntryBytes <= entries.Length; i++)
        {
            ReadOnlySpan<byte> entry = entries.Slice(i * EntryBytes, EntryBytes);
            if (Number(entry, isLittle) == Tag)
            {
                return Number(entry[8..], isLittle) is >= 1 and <= 8 and int found ? found : Upright;
            }
        }

        return Upright;
    }

    /// <summary>Turns and mirrors a picture so that it is upright.</summary>
    /// <param name="picture">The picture as it is stored.</param>
    /// <param name="orientation">Its orientation, 1 to 8.</param>
    public static Picture Apply(Picture picture, int orientation)
    {
        if (orientation == Upright)
        {
            return picture;
        }

        (int lastColumn, int lastRow, int channels) = (picture.Width - 1, picture.Height - 1, picture.Channels);
        (int width, int height) = orientation < 5 ? (picture.Width, picture.Height) : (picture.Height, picture.Width);
        byte[] values = new byte[picture.Values.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int column, int row) = orientation switch
                {
                    2 => (lastColumn - x, y),
                    3 => (lastColumn - x, lastRow - y),
                    4 => (x, lastRow - y),
                    5 => (y, x),
                    6 => (y, lastRow - x),
                    7 => (lastColumn - y, lastRow - x),
                    _ => (lastColumn - y, x),
                };
                picture.Values.AsSpan(((row * picture.Width) + column) * channels, channels).CopyTo(values.AsSpan(((y * width) + x) * channels));
            }
        }

        return new Picture(width, height, channels, values);
    }

    private static int Number(ReadOnlySpan<byte> bytes, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
