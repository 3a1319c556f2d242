namespace ConvNN.Formats.SafeTensors;

/// <summary>A tensor of a safetensors file, as its header describes it.</summary>
/// <param name="Name">Its name: <c>conv1.weight</c>.</param>
/// <param name="Type">The type of its elements: <c>F32</c>.</param>
/// <param name="Shape">Its dimensions, outermost first; none for a single number.</param>
/// <param name="Begin">Its first byte in the data.</param>
/// <param name="End">The byte behind its last.</param>
public sealed record SafeTensor(string Name, string Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>The type of 32-bit floats.</summary>
    public const string Float32 = "F32";

    /// <summary>The shape as people write it: <c>[8, 1, 3, 3]</c>.</summary>
    public string ShapeText => ShapeTextOf(Shape);

    internal static string ShapeTextOf(IEnumerable<long> shape) =>
        $"[{string.Join(", ", shape.Select(d => d.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";
}
