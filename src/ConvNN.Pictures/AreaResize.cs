namespace ConvNN.Pictures;

/// <summary>Resizes pictures: each new value is the mean over the area that its pixel covers in the old picture.</summary>
internal static class AreaResize
{
    /// <summary>Resizes a picture; if it already has that size, it is returned unchanged.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="width">Its new width, at least 1.</param>
    /// <param name="height">Its new height, at least 1.</param>
    public static Picture Of(Picture image, int width, int height)
    {
        if ((image.Width, image.Height) == (width, height))
        {
            return image;
        }

        byte[] values = new byte[checked(width * height * image.Channels)];
        (double wide, double tall) = ((double)image.Width / width, (double)image.Height / height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int c = 0; c < image.Channels; c++)
                {
                    values[(((y * width) + x) * image.Channels) + c] = Mean(image, c, x * wide, y * tall, wide, tall);
                }
            }
        }

        return new Picture(width, height, image.Channels, values);
    }

    private static byte Mean(Picture image, int channel, double left, double top, double wide, double tall)
    {
        (double right, double bottom) = (left + wide, top + tall);
        (double sum, double area) = (0, 0);
        for (int row = (int)top; row < Math.Min(image.Height, bottom); row++)
        {
            double height = Math.Min(row + 1, bottom) - Math.Max(row, top);
            for (int column = (int)left; column < Math.Min(image.Width, right); column++)
            {
                double part = height * (Math.Min(column + 1, right) - Math.Max(column, left));
                sum += part * image.Values[(((row * image.Width) + column) * image.Channels) + channel];
                area += part;
            }
        }

        return (byte)Math.Round(sum / area, MidpointRounding.AwayFromZero);
    }
}
