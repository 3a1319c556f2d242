namespace ConvNN.Kernels.Tests;

/// <summary>How far a sum of products in float may lie from the one in double: Higham, "Accuracy and Stability of Numerical Algorithms", 3.1.</summary>
internal static class RoundingBound
{
    private const double FloatUnit = 1.0 / (1 << 24);
    private const double DoubleUnit = 1.0 / (1L << 53);

    // Half of the smallest subnormal: what a rounding that underflows may add.
    private const double HalfSubnormal = 7.1e-46;

    /// <summary>γ_k = k·u / (1 − k·u) with u = 2⁻²⁴: the relative error of k roundings in a row.</summary>
    public static double Gamma(int roundings) => roundings * FloatUnit / (1 - (roundings * FloatUnit));

    /// <summary>The bound for one sum.</summary>
    /// <param name="roundings">The most roundings that a product goes through.</param>
    /// <param name="absolute">Σ|a·b|, the bias included.</param>
    /// <param name="terms">Number of products: how often the oracle has rounded.</param>
    public static double Of(int roundings, double absolute, int terms) =>
        ((Gamma(roundings) + (2 * terms * DoubleUnit)) * absolute) + ((roundings + terms) * HalfSubnormal);

    /// <summary>Joins on the longest way through a tree.</summary>
    public static int Depth(int leaves)
    {
        int depth = 0;
        while (1 << depth < leaves)
        {
            depth++;
        }

        return depth;
    }

    /// <summary>Fails when an element is farther from the oracle than its bound.</summary>
    public static void Check(double expected, double bound, float actual, string element) =>
        Assert.True(
            Math.Abs(expected - actual) <= bound,
            $"{element}: expected {expected:g17} within {bound:g3}, actual {actual:g9}.");
}
