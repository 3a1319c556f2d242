using ConvNN.Data.Files;
using ConvNN.Files;

namespace ConvNN.Data.Images;

/// <summary>A decoded 8-bit picture, grey or in colour. Transparency in its file is blended with white.</summary>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Values">The values [Height, Width, Channels], 0 (black) to 255.</param>
public sealed record PngImage(int Width, int Height, int Channels, byte[] Values)
{
    /// <summary>Maximum number of pixels of a picture; memory is never allocated for more.</summary>
    public const long MaxPixels = 1 << 26;

    // ITU-R BT.601, in units of 1/2¹⁶; they add up to 1.
    private const int Red = 19_595;
    private const int Green = 38_470;
    private const int Blue = 7_471;

    /// <summary>
    /// Reads a PNG file with 1 to 8 bits per channel: grey, colour or palette, with or without transparency, not interlaced.
    /// </summary>
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
        (PngHeader header, byte[] palette, byte[] compressed) = PngChunks.Read(stream, name);
        byte[] rows = PngRows.Decode(header, compressed, name);
        return new PngImage(header.Width, header.Height, PngColors.ChannelsOf(header), PngColors.Convert(header, palette, rows, name));
    }

    /// <summary>The values by channel, as networks expect them: [Channels, Height, Width].</summary>
    public byte[] ToPlanes()
    {
        byte[] planes = new byte[Values.Length];
        int pixels = Width * Height;
        for (int i = 0; i < pixels; i++)
        {
            for (int c = 0; c < Channels; c++)
            {
                planes[(c * pixels) + i] = Values[(i * Channels) + c];
            }
        }

        return planes;
    }

    /// <summary>Converts the picture to grey: its luma (ITU-R BT.601), rounded to the nearest integer.</summary>
    public PngImage ToGrey()
    {
        if (Channels == 1)
        {
            return this;
        }

        byte[] grey = new byte[Width * Height];
        for (int i = 0; i < grey.Length; i++)
        {
            int luma = (Red * Values[3 * i]) + (Green * Values[(3 * i) + 1]) + (Blue * Values[(3 * i) + 2]);
            grey[i] = (byte)((luma + (1 << 15)) >> 16);
        }

        return new PngImage(Width, Height, Channels: 1, grey);
    }
}
