namespace ConvNN.Pictures;

/// <summary>Resizes all of a picture and keeps its aspect ratio: it lies in the middle, with black on two sides. As Keras' <c>pad_to_aspect_ratio</c>.</summary>
internal sealed class PadPreparation : Preparation
{
    /// <inheritdoc/>
    public override string Name => "pad";

    /// <inheritdoc/>
    private protected override Picture Fit(Picture picture, int width, int height, List<string> changes)
    {
        double scale = Math.Min((double)width / picture.Width, (double)height / picture.Height);
        int wide = (int)Math.Clamp(Math.Round(picture.Width * scale), 1, width), tall = (int)Math.Clamp(Math.Round(picture.Height * scale), 1, height);
        if ((wide, tall) != (picture.Width, picture.Height))
        {
            changes.Add(FormattableString.Invariant($"resized from {picture.Width}×{picture.Height} to {wide}×{tall}"));
        }

        if ((wide, tall) == (width, height))
        {
            return AreaResize.Of(picture, width, height);
        }

        changes.Add(FormattableString.Invariant($"padded with black to {width}×{height}"));
        Picture resized = AreaResize.Of(picture, wide, tall);
        byte[] values = new byte[width * height * picture.Channels];
        (int left, int top) = ((width - wide) / 2, (height - tall) / 2);
        for (int y = 0; y < tall; y++)
        {
            resized.Values.AsSpan(y * wide * picture.Channels, wide * picture.Channels).CopyTo(values.AsSpan((((top + y) * width) + left) * picture.Channels));
        }

        return new Picture(width, height, picture.Channels, values);
    }
}
