using System.Globalization;

namespace ConvNN.Model;

/// <summary>A height and a width: of a kernel, a window, a stride or a padding. A single number means both.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct Size2d(int Height, int Width)
{
    /// <summary>A square size.</summary>
    public static implicit operator Size2d(int size) => FromInt32(size);

    /// <summary>A square size.</summary>
    public static Size2d FromInt32(int size) => new(size, size);

    /// <summary>The size as it is usually written: <c>3×3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Height}×{Width}");
}
