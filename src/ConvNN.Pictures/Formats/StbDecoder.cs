using StbImageSharp;

namespace ConvNN.Pictures.Formats;

/// <summary>
/// Decodes PNG, JPEG, GIF and BMP files by StbImageSharp. It computes in integers and without vector instructions, so that the
/// pixels are the same on every machine.
/// </summary>
internal static class StbDecoder
{
    // An opacity is a share of 255.
    private const int Half = byte.MaxValue / 2;

    /// <summary>The size of a picture as its file declares it.</summary>
    /// <returns>Width and height; null if the file is damaged, or of a kind that the library cannot read.</returns>
    public static (int Width, int Height)? SizeOf(byte[] file)
    {
        try
        {
            // A BMP from top to bottom has a negative height.
            return ImageInfo.FromStream(new MemoryStream(file)) is { } info ? (info.Width, Math.Abs(info.Height)) : null;
        }
        catch (Exception damage) when (IsDamage(damage))
        {
            return null;
        }
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="file">Its content, of a size that was checked.</param>
    /// <param name="pixels">Its number of pixels.</param>
    /// <param name="hasAlpha">Whether a fourth channel is an opacity, not padding.</param>
    /// <returns>The picture, with transparency blended with white; null if the file is damaged, with the reason.</returns>
    public static (Picture? Picture, string? Reason) Decode(byte[] file, long pixels, bool hasAlpha = true)
    {
        using IDisposable turn = PixelBudget.Take(pixels);
        try
        {
            ImageResult result = ImageResult.FromMemory(file, hasAlpha ? ColorComponents.Default : ColorComponents.RedGreenBlue);
            return (new Picture(result.Width, result.Height, result.Comp is ColorComponents.Grey or ColorComponents.GreyAlpha ? 1 : 3, Opaque(result)), null);
        }
        catch (Exception damage) when (IsDamage(damage))
        {
            return (null, damage is InvalidOperationException ? damage.Message : "its data do not make a picture");
        }
    }

    // The library reports damage by exceptions of its own and by those of the array accesses that it leads to.
    private static bool IsDamage(Exception exception) => exception is not OutOfMemoryException;

    private static byte[] Opaque(ImageResult result)
    {
        if (result.Comp is ColorComponents.Grey or ColorComponents.RedGreenBlue)
        {
            return result.Data;
        }

        int samples = (int)result.Comp;
        int channels = samples - 1;
        byte[] values = new byte[result.Width * result.Height * channels];
        for (int i = 0; i < result.Width * result.Height; i++)
        {
            int opacity = result.Data[(i * samples) + channels];
            for (int c = 0; c < channels; c++)
            {
                values[(i * channels) + c] = (byte)(((result.Data[(i * samples) + c] * opacity) + (byte.MaxValue * (byte.MaxValue - opacity)) + Half) / byte.MaxValue);
            }
        }

        return values;
    }
}
