namespace ConvNN.Formats.SafeTensors;

/// <summary>A tensor of a safetensors file, as described in the header.</summary>
/// <param name="Name">Its name: <c>conv1.weight</c>.</param>
/// <param name="Type">The type of its elements: <c>F32</c>.</param>
/// <param name="Shape">Its dimensions, outermost first; empty for a scalar.</param>
/// <param name="Begin">Offset of its first byte in the data.</param>
/// <param name="End">Offset one past its last byte (exclusive).</param>
public sealed record SafeTensor(string Name, string Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>The type of 32-bit floats.</summary>
    public const string Float32 = "F32";

    /// <summary>The shape as it is usually written: <c>[8, 1, 3, 3]</c>.</summary>
    public string ShapeText => ShapeTextOf(Shape);

    internal static string ShapeTextOf(IEnumerable<long> shape) =>
        $"[{string.Join(", ", shape.Select(d => d.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";
}
