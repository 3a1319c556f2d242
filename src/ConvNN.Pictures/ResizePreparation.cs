namespace ConvNN.Pictures;

/// <summary>Resizes a picture by area.</summary>
internal sealed class ResizePreparation : Preparation
{
    /// <inheritdoc/>
    public override string Name => "resize";

    /// <inheritdoc/>
    private protected override Picture Fit(Picture picture, int width, int height, List<string> changes)
    {
        if ((picture.Width, picture.Height) != (width, height))
        {
            changes.Add(FormattableString.Invariant($"resized from {picture.Width}×{picture.Height}"));
        }

        return AreaResize.Of(picture, width, height);
    }
}
