using ConvNN.Formats;
using ConvNN.Pictures;

namespace ConvNN.App.Reports;

/// <summary>What layers compute for an image, as pictures: one of each channel of an image, one of a whole vector.</summary>
internal static class LayerPictures
{
    private const int RowOfVector = 16;

    /// <summary>The pictures of a layer's output, all on one scale.</summary>
    /// <param name="layer">The layer.</param>
    public static IReadOnlyList<Picture> Of(LayerOutput layer)
    {
        byte[] shades = Shades(layer.Values);
        if (layer.Shape.IsVector)
        {
            // A long vector would be a tall strip.
            int width = Math.Min(Math.Max(RowOfVector, (int)Math.Ceiling(Math.Sqrt(2 * shades.Length))), shades.Length), height = (shades.Length + width - 1) / width;
            Array.Resize(ref shades, width * height);
            return [new Picture(width, height, Channels: 1, shades)];
        }

        int pixels = layer.Shape.Height * layer.Shape.Width;
        return [.. shades.Chunk(pixels).Select(plane => new Picture(layer.Shape.Width, layer.Shape.Height, Channels: 1, plane))];
    }

    /// <summary>What the shades of a layer mean.</summary>
    /// <param name="layer">The layer.</param>
    public static string Legend(LayerOutput layer) => layer.Values.Min() < 0
        ? "grey is 0, white the largest absolute value of the layer, black the same below 0"
        : "black is 0, white the largest value of the layer";

    /// <summary>Where an image matters: black where a change of the pixel changes nothing, white where it changes most.</summary>
    /// <param name="explanation">The explanation, with a gradient [C, H, W].</param>
    /// <param name="width">The image's width.</param>
    /// <param name="height">The image's height.</param>
    public static Picture Saliency(Explanation explanation, int width, int height)
    {
        int pixels = width * height;
        float[] strongest = new float[pixels];
        foreach ((int i, float value) in explanation.Gradient.Index())
        {
            strongest[i % pixels] = Math.Max(strongest[i % pixels], Math.Abs(value));
        }

        return new Picture(width, height, Channels: 1, Shades(strongest));
    }

    private static byte[] Shades(IReadOnlyList<float> values)
    {
        float largest = Math.Max(values.Max(Math.Abs), float.Epsilon);
        bool isSigned = values.Min() < 0;
        return [.. values.Select(value => (byte)Math.Clamp(Math.Round(isSigned ? 127.5 + (127.5 * value / largest) : 255 * value / largest), 0, 255))];
    }
}
