namespace ConvNN.Kernels.Vectors;

/// <summary>The 16 virtual lanes of the numerics: what every sum along lanes and every padded row counts in, on every vector width.</summary>
public static class Lanes
{
    /// <summary>Number of lanes, whatever the hardware's vectors hold.</summary>
    public const int Count = 16;

    /// <summary><paramref name="length"/> rounded up to whole lanes: the padded length of a row.</summary>
    public static int RoundUp(int length) => (length + Count - 1) & -Count;
}
