namespace ConvNN.Kernels.Vectors;

/// <summary>Parts of the scratch memory of a call.</summary>
internal static class Scratch
{
    /// <summary>The next <paramref name="length"/> floats; the scratch memory then begins behind them.</summary>
    public static Span<float> Take(ref Span<float> scratch, int length)
    {
        Span<float> taken = scratch[..length];
        scratch = scratch[length..];
        return taken;
    }
}
