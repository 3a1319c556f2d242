namespace ConvNN.Kernels.Elementwise;

/// <summary>Reference implementation of the conversions of element types; <see cref="ConvertKernels"/> must give the same bits.</summary>
public static class ConvertReference
{
    /// <summary><c>target[i] ← source[i] / 255</c>, the quotient rounded once.</summary>
    /// <param name="source">Pixels, [n].</param>
    /// <param name="target">Their values in [0, 1], [n].</param>
    public static void ToUnit(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = source[i] / 255f;
        }
    }
}
