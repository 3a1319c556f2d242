using ConvNN.Model;
using ConvNN.Pictures;

namespace ConvNN.App.Reports;

/// <summary>Images as the network has them, channel after channel.</summary>
internal static class Planes
{
    /// <summary>A picture of an image; unless there are one or three channels, only the first is shown.</summary>
    /// <param name="planes">Its values [C, H, W], from 0 to 255.</param>
    /// <param name="shape">Its shape.</param>
    public static Picture ToPicture(byte[] planes, Shape shape)
    {
        int pixels = shape.Width * shape.Height;
        return shape.Channels == 3
            ? new Picture(shape.Width, shape.Height, 3, [.. Enumerable.Range(0, planes.Length).Select(i => planes[(i % 3 * pixels) + (i / 3)])])
            : new Picture(shape.Width, shape.Height, 1, planes[..pixels]);
    }
}
