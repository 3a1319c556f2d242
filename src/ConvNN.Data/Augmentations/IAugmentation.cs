namespace ConvNN.Data.Augmentations;

/// <summary>
/// Changes training images at random, depending only on seed, epoch and the image's index: the result is the same whichever
/// worker computes it. Immutable: all workers share one instance.
/// </summary>
public interface IAugmentation
{
    /// <summary>Changes an image.</summary>
    /// <param name="image">Its values [C, H, W], from 0 to 1; changed in place.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="index">The image's index in its dataset.</param>
    void Apply(Span<float> image, int epoch, int index);
}
