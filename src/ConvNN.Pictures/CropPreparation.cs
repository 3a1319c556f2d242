namespace ConvNN.Pictures;

/// <summary>
/// Resizes the middle of a picture and keeps its aspect ratio: what is too wide or too tall is cut off on both sides. As torchvision's
/// <c>Resize</c> and <c>CenterCrop</c>.
/// </summary>
internal sealed class CropPreparation : Preparation
{
    /// <inheritdoc/>
    public override string Name => "crop";

    /// <inheritdoc/>
    private protected override Picture Fit(Picture picture, int width, int height, List<string> changes)
    {
        // The largest part of the picture with the ratio of the input, in whole pixels.
        int wide = (int)Math.Clamp(Math.Round((double)picture.Height * width / height), 1, picture.Width);
        int tall = (int)Math.Clamp(Math.Round((double)picture.Width * height / width), 1, picture.Height);
        if ((wide, tall) != (picture.Width, picture.Height))
        {
            changes.Add(FormattableString.Invariant($"cut from {picture.Width}×{picture.Height} to the middle {wide}×{tall}"));
            picture = Middle(picture, wide, tall);
        }

        if ((wide, tall) != (width, height))
        {
            changes.Add(FormattableString.Invariant($"resized from {wide}×{tall}"));
        }

        return AreaResize.Of(picture, width, height);
    }

    private static Picture Middle(Picture picture, int width, int height)
    {
        byte[] values = new byte[width * height * picture.Channels];
        (int left, int top) = ((picture.Width - width) / 2, (picture.Height - height) / 2);
        for (int y = 0; y < height; y++)
        {
            picture.Values.AsSpan((((top + y) * picture.Width) + left) * picture.Channels, width * picture.Channels).CopyTo(values.AsSpan(y * width * picture.Channels));
        }

        return new Picture(width, height, picture.Channels, values);
    }
}
