using ConvNN.Data.Files;

namespace ConvNN.Data.Images;

/// <summary>Converts the samples of a PNG file to 8-bit grey values or colours; transparency is blended with white.</summary>
internal static class PngColors
{
    /// <summary>Number of channels of a picture: 1 for grey, 3 for colour.</summary>
    public static int ChannelsOf(PngHeader header) => header.ColorType is PngColorType.Grey or PngColorType.GreyAlpha ? 1 : 3;

    /// <summary>Converts a picture to values [Height, Width, channels].</summary>
    /// <param name="header">The header.</param>
    /// <param name="palette">The palette's colours as red, green, blue and alpha; empty without a palette.</param>
    /// <param name="rows">The rows [Height, RowBytes].</param>
    /// <param name="name">The file's name in messages.</param>
    /// <exception cref="DatasetException">A pixel has a colour that is not in the palette.</exception>
    public static byte[] Convert(PngHeader header, byte[] palette, byte[] rows, string name)
    {
        int channels = ChannelsOf(header);
        byte[] values = new byte[(long)header.Width * header.Height * channels];
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> row = rows.AsSpan(y * header.RowBytes, header.RowBytes);
            for (int x = 0; x < header.Width; x++)
            {
                Span<byte> pixel = values.AsSpan(((y * header.Width) + x) * channels, channels);
                switch (header.ColorType)
                {
                    case PngColorType.Grey:
                        pixel[0] = (byte)(Sample(row, x, header.BitDepth) * byte.MaxValue / ((1 << header.BitDepth) - 1));
                        break;
                    case PngColorType.Palette:
                        int color = Sample(row, x, header.BitDepth);
                        if (color >= palette.Length / 4)
                        {
                            throw new DatasetException($"{name}: is damaged: a pixel has colour {color}, the palette has {palette.Length / 4}; get the file again.");
                        }

                        OnWhite(palette.AsSpan(4 * color, 3), palette[(4 * color) + 3], pixel);
                        break;
                    case PngColorType.Rgb:
                        row.Slice(3 * x, 3).CopyTo(pixel);
                        break;
                    default:
                        ReadOnlySpan<byte> samples = row.Slice(x * header.Samples, header.Samples);
                        OnWhite(samples[..^1], samples[^1], pixel);
                        break;
                }
            }
        }

        return values;
    }

    /// <summary>A sample of 1 to 8 bits; the first sample is in a byte's highest bits.</summary>
    private static int Sample(ReadOnlySpan<byte> row, int x, int bits)
    {
        int bit = x * bits;
        return (row[bit / 8] >> (8 - bits - (bit % 8))) & ((1 << bits) - 1);
    }

    private static void OnWhite(ReadOnlySpan<byte> color, int opacity, Span<byte> pixel)
    {
        for (int c = 0; c < pixel.Length; c++)
        {
            pixel[c] = (byte)(((color[c] * opacity) + (byte.MaxValue * (byte.MaxValue - opacity)) + 127) / 255);
        }
    }
}
