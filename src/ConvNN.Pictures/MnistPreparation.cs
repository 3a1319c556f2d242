namespace ConvNN.Pictures;

/// <summary>
/// Prepares a picture as MNIST's were: a light drawing on a dark background. If the size differs, the drawing is centred in a frame:
/// 20 of 28 pixels, with the centre of mass in the middle. For datasets like MNIST alone, since it loses where things are.
/// </summary>
internal sealed class MnistPreparation : Preparation
{
    // Darker values are paper that was not quite white, or a shadow.
    private const int InkThreshold = 64;

    /// <inheritdoc/>
    public override string Name => "mnist";

    /// <inheritdoc/>
    private protected override Picture Fit(Picture picture, int width, int height, List<string> changes)
    {
        double[][] planes = Planes(picture);
        if (IsBorderLight(planes, picture.Width, picture.Height))
        {
            planes = [.. planes.Select(plane => plane.Select(value => byte.MaxValue - value).ToArray())];
            changes.Add("inverted, since its border is light");
        }

        if ((picture.Width, picture.Height) != (width, height))
        {
            changes.Add(FormattableString.Invariant($"scaled from {picture.Width}×{picture.Height} and centred"));
            planes = Centred(planes, picture.Width, picture.Height, width, height);
        }

        return new Picture(width, height, picture.Channels, [.. Enumerable.Range(0, width * height).SelectMany(i => planes.Select(plane => (byte)Math.Clamp(Math.Round(plane[i]), 0, byte.MaxValue)))]);
    }

    private static double[][] Planes(Picture picture)
    {
        int pixels = picture.Width * picture.Height;
        return [.. Enumerable.Range(0, picture.Channels).Select(c => Enumerable.Range(0, pixels).Select(i => (double)picture.Values[(i * picture.Channels) + c]).ToArray())];
    }

    private static bool IsBorderLight(double[][] planes, int width, int height)
    {
        double sum = 0;
        int count = 0;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x += y == 0 || y == height - 1 ? 1 : Math.Max(1, width - 1))
            {
                sum += planes.Average(plane => plane[(y * width) + x]);
                count++;
            }
        }

        return sum / count > byte.MaxValue / 2.0;
    }

    /// <summary>Cuts out the drawing, scales it to five sevenths of the frame, and puts its centre of mass in the middle.</summary>
    private static double[][] Centred(double[][] planes, int width, int height, int frameWidth, int frameHeight)
    {
        (int left, int top, int right, int bottom) = Bounds(planes, width, height);
        double scale = Math.Min(frameWidth * 5 / 7.0 / (right - left), frameHeight * 5 / 7.0 / (bottom - top));
        (double x, double y) = CentreOfMass(planes, width, (left, top, right, bottom));
        return [.. planes.Select(plane =>
        {
            double[] fitted = new double[frameWidth * frameHeight];
            for (int i = 0; i < fitted.Length; i++)
            {
                (int row, int column) = Math.DivRem(i, frameWidth);
                double x0 = x + ((column - (frameWidth / 2.0)) / scale);
                double y0 = y + ((row - (frameHeight / 2.0)) / scale);
                fitted[i] = Mean(plane, width, height, x0, y0, 1 / scale);
            }

            return fitted;
        })];
    }

    /// <summary>The smallest rectangle around the drawing; the whole picture if it is empty.</summary>
    private static (int Left, int Top, int Right, int Bottom) Bounds(double[][] planes, int width, int height)
    {
        (int left, int top, int right, int bottom) = (width, height, 0, 0);
        for (int i = 0; i < width * height; i++)
        {
            if (planes.Any(plane => plane[i] >= InkThreshold))
            {
                (int y, int x) = Math.DivRem(i, width);
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
            }
        }

        return right > left ? (left, top, right, bottom) : (0, 0, width, height);
    }

    private static (double X, double Y) CentreOfMass(double[][] planes, int width, (int Left, int Top, int Right, int Bottom) bounds)
    {
        (double mass, double x, double y) = (0, 0, 0);
        for (int row = bounds.Top; row < bounds.Bottom; row++)
        {
            for (int column = bounds.Left; column < bounds.Right; column++)
            {
                double ink = planes.Sum(plane => plane[(row * width) + column]);
                (mass, x, y) = (mass + ink, x + (ink * (column + 0.5)), y + (ink * (row + 0.5)));
            }
        }

        return mass > 0 ? (x / mass, y / mass) : ((bounds.Left + bounds.Right) / 2.0, (bounds.Top + bounds.Bottom) / 2.0);
    }

    /// <summary>The mean over a square of the picture; outside it is background. Squares smaller than a pixel are interpolated.</summary>
    private static double Mean(double[] plane, int width, int height, double x, double y, double side)
    {
        // A square of at least a pixel: pixels are weighted by the area that they share with it.
        double size = Math.Max(1, side);
        (x, y) = (x - ((size - side) / 2), y - ((size - side) / 2));
        double sum = 0;
        for (int row = Math.Max(0, (int)Math.Floor(y)); row < Math.Min(height, Math.Ceiling(y + size)); row++)
        {
            double tall = Math.Min(row + 1, y + size) - Math.Max(row, y);
            for (int column = Math.Max(0, (int)Math.Floor(x)); column < Math.Min(width, Math.Ceiling(x + size)); column++)
            {
                sum += tall * (Math.Min(column + 1, x + size) - Math.Max(column, x)) * plane[(row * width) + column];
            }
        }

        return sum / (size * size);
    }
}
