using ConvNN.Data.Idx;
using ConvNN.Model;

namespace ConvNN.Data;

/// <summary>The images [N, H, W] or [N, C, H, W] of an array in memory.</summary>
/// <param name="images">The array.</param>
/// <exception cref="ArgumentException">It has another number of dimensions.</exception>
internal sealed class ImagesInMemory(IdxArray images) : IImageStore
{
    /// <inheritdoc/>
    public string Source => images.Source;

    /// <inheritdoc/>
    public Shape Shape { get; } = images.Dimensions switch
    {
        [_, int height, int width] => Shape.Image(1, height, width),
        [_, int channels, int height, int width] => Shape.Image(channels, height, width),
        _ => throw new ArgumentException($"{images.Source}: images have 3 or 4 dimensions, found {images.Dimensions.Count}.", nameof(images)),
    };

    /// <inheritdoc/>
    public int Count => images.Dimensions[0];

    /// <inheritdoc/>
    public bool IsInMemory => true;

    /// <inheritdoc/>
    public string Sha256 => images.Sha256;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Read(int place) => images.Data.Slice(place * Shape.Count, Shape.Count);
}
