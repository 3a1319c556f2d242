namespace ConvNN.Pictures;

/// <summary>A picture of 8 bits per channel, grey or in colour.</summary>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Values">The values [Height, Width, Channels], 0 (black) to 255.</param>
public sealed record Picture(int Width, int Height, int Channels, byte[] Values)
{
    /// <summary>Maximum number of pixels of a picture; memory is never allocated for more.</summary>
    public const long MaxPixels = 1 << 26;

    // ITU-R BT.601, in units of 1/2¹⁶; they add up to 1.
    private const int Red = 19_595;
    private const int Green = 38_470;
    private const int Blue = 7_471;

    /// <summary>The values by channel, as networks expect them: [channels, Height, Width].</summary>
    /// <param name="channels">The number of channels; a grey picture can have several, which are equal.</param>
    public byte[] ToPlanes(int channels)
    {
        if (channels != Channels && Channels != 1)
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, $"The picture has {Channels} channels.");
        }

        int pixels = Width * Height;
        byte[] planes = new byte[channels * pixels];
        for (int c = 0; c < channels; c++)
        {
            for (int i = 0; i < pixels; i++)
            {
                planes[(c * pixels) + i] = Values[(i * Channels) + (c % Channels)];
            }
        }

        return planes;
    }

    /// <summary>Converts the picture to grey: its luma (ITU-R BT.601), rounded to the nearest integer.</summary>
    public Picture ToGrey()
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

        return new Picture(Width, Height, Channels: 1, grey);
    }
}
