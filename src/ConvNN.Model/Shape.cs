using System.Globalization;

namespace ConvNN.Model;

/// <summary>The shape of one sample: an image [C, H, W] or a vector [Count]. Row-major; the batch dimension is not part of it.</summary>
public readonly record struct Shape
{
    private Shape(int channels, int height, int width, bool isVector, int maps)
    {
        Channels = channels;
        Height = height;
        Width = width;
        IsVector = isVector;
        Maps = maps;
    }

    /// <summary>C; for a vector, its length.</summary>
    public int Channels { get; }

    /// <summary>H; 1 for a vector.</summary>
    public int Height { get; }

    /// <summary>W; 1 for a vector.</summary>
    public int Width { get; }

    /// <summary>Whether the sample is one-dimensional.</summary>
    public bool IsVector { get; }

    /// <summary>
    /// How many equal runs of values the sample consists of: the channels of an image, flattened or not; 1 for another vector. Where the
    /// values come from does not make shapes different.
    /// </summary>
    public int Maps { get; }

    /// <summary>Number of values in a sample, C·H·W.</summary>
    public int Count => Channels * Height * Width;

    /// <summary>
    /// Floats from one sample to the next in a batch: <see cref="Count"/> rounded up to a multiple of 16, the vector length.
    /// </summary>
    /// <remarks>The padding is zero, so kernels need no tail handling.</remarks>
    public int Stride => Kernels.Vectors.Lanes.RoundUp(Count);

    /// <summary>The dimensions, outermost first: [C, H, W] or [Count].</summary>
    public IReadOnlyList<int> Dimensions => IsVector ? [Channels] : [Channels, Height, Width];

    /// <summary>An image of <paramref name="channels"/> × <paramref name="height"/> × <paramref name="width"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A dimension is below 1, or a sample would exceed <see cref="Kernels.Vectors.AlignedBuffer.MaxLength"/>.
    /// </exception>
    public static Shape Image(int channels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((double)channels * height * width, Kernels.Vectors.AlignedBuffer.MaxLength, nameof(channels));
        return new Shape(channels, height, width, isVector: false, maps: channels);
    }

    /// <summary>A vector of <paramref name="count"/> values.</summary>
    /// <param name="count">Number of values.</param>
    /// <param name="maps">Number of equal runs that they consist of.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="count"/> is below 1 or exceeds <see cref="Kernels.Vectors.AlignedBuffer.MaxLength"/>, or is not a multiple of
    /// <paramref name="maps"/>.
    /// </exception>
    public static Shape Vector(int count, int maps = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Kernels.Vectors.AlignedBuffer.MaxLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(maps, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(count % maps, 0, nameof(maps));
        return new Shape(count, 1, 1, isVector: true, maps);
    }

    /// <summary>Whether both have the same dimensions.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(Shape other) => (Channels, Height, Width, IsVector) == (other.Channels, other.Height, other.Width, other.IsVector);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Channels, Height, Width, IsVector);

    /// <summary>Sets the padding between samples of this shape to zero, as kernels expect.</summary>
    /// <param name="values">[N, <see cref="Stride"/>].</param>
    /// <param name="samples">N.</param>
    public void ClearPadding(Span<float> values, int samples)
    {
        for (int n = 0; n < samples && Count < Stride; n++)
        {
            values.Slice((n * Stride) + Count, Stride - Count).Clear();
        }
    }

    /// <summary>The shape as it is usually written: <c>8×26×26</c>, or <c>128</c> for a vector.</summary>
    public override string ToString() => string.Join('×', Dimensions.Select(d => d.ToString(CultureInfo.InvariantCulture)));
}
