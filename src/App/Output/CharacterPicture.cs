using ConvNN.Model;

namespace ConvNN.App.Output;

/// <summary>An image as lines of characters: the more ink, the brighter.</summary>
internal static class CharacterPicture
{
    private const string Ramp = " .:-=+*#%@";

    // Fits next to a column of numbers in 80 columns.
    private const int MaxColumns = 56;

    /// <summary>The lines. A pixel is two characters wide if that fits, since characters are about twice as tall as wide.</summary>
    /// <param name="values">The values [C, H, W].</param>
    /// <param name="shape">Their shape.</param>
    public static IEnumerable<string> Lines(byte[] values, Shape shape)
    {
        int repeat = 2 * shape.Width <= MaxColumns ? 2 : 1;
        int pixels = shape.Height * shape.Width;
        for (int y = 0; y < shape.Height; y++)
        {
            yield return string.Concat(Enumerable.Range(y * shape.Width, shape.Width).Select(pixel =>
            {
                double mean = Enumerable.Range(0, shape.Channels).Average(c => values[(c * pixels) + pixel]);
                return new string(Ramp[(int)(mean * (Ramp.Length - 1) / byte.MaxValue)], repeat);
            }));
        }
    }
}
