namespace ConvNN.Kernels.Vectors;

/// <summary>The 16 virtual lanes: the unit of lane sums and padded rows, the same on every vector width.</summary>
public static class Lanes
{
    /// <summary>Number of lanes, independent of the width of hardware vectors.</summary>
    public const int Count = 16;

    /// <summary><paramref name="length"/> rounded up to a multiple of <see cref="Count"/>: the padded length of a row.</summary>
    public static int RoundUp(int length) => (length + Count - 1) & -Count;
}
