using ConvNN.Model;

namespace ConvNN.App.Output;

/// <summary>An image as lines of characters: the more ink, the brighter.</summary>
internal static class CharacterPicture
{
    private const string Ramp = " .:-=+*#%@";

    // Fits next to a column of numbers in 80 columns.
    private const int MaxColumns = 56;

    /// <summary>
    /// The lines. A pixel is two characters wide if that fits, since characters are about twice as tall as wide. Of a wide image, a character
    /// is the mean of a block of pixels.
    /// </summary>
    /// <param name="values">The values [C, H, W].</param>
    /// <param name="shape">Their shape.</param>
    public static IEnumerable<string> Lines(byte[] values, Shape shape)
    {
        int repeat = 2 * shape.Width <= MaxColumns ? 2 : 1, wide = ((shape.Width - 1) / MaxColumns) + 1, tall = wide == 1 ? 1 : 2 * wide;
        for (int top = 0; top < shape.Height; top += tall)
        {
            yield return string.Concat(Enumerable.Range(0, (shape.Width + wide - 1) / wide).Select(column =>
                new string(Ramp[(int)(Mean(values, shape, top, column * wide, tall, wide) * (Ramp.Length - 1) / byte.MaxValue)], repeat)));
        }
    }

    private static double Mean(byte[] values, Shape shape, int top, int left, int tall, int wide) => (
        from channel in Enumerable.Range(0, shape.Channels)
        from y in Enumerable.Range(top, Math.Min(tall, shape.Height - top))
        from x in Enumerable.Range(left, Math.Min(wide, shape.Width - left))
        select values[(((channel * shape.Height) + y) * shape.Width) + x]).Average(value => (double)value);
}
