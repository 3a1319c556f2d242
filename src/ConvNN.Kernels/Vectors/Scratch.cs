namespace ConvNN.Kernels.Vectors;

/// <summary>Divides the scratch memory of a call.</summary>
internal static class Scratch
{
    /// <summary>Takes the next <paramref name="length"/> floats and advances <paramref name="scratch"/> past them.</summary>
    public static Span<float> Take(ref Span<float> scratch, int length)
    {
        Span<float> taken = scratch[..length];
        scratch = scratch[length..];
        return taken;
    }
}
