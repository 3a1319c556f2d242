namespace ConvNN.Kernels.Normalization;

/// <summary>Count, mean and sum of squared deviations of some numbers: what batch normalisation needs of a channel.</summary>
/// <param name="Count">How many numbers there are.</param>
/// <param name="Mean">Their mean; 0 when there are none.</param>
/// <param name="M2">The sum of their squared deviations from the mean.</param>
public readonly record struct Moments(long Count, double Mean, double M2)
{
    /// <summary>The variance with divisor <see cref="Count"/>, by which batch norm normalises; 0 when there are no numbers.</summary>
    public double Variance => Count == 0 ? 0 : M2 / Count;

    /// <summary>The moments of the numbers of <paramref name="a"/> and <paramref name="b"/> together.</summary>
    /// <remarks>
    /// Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979. The
    /// bits depend on the order: leaves are merged one by one in leaf order, ((l0, l1), l2), … An empty side drops out.
    /// </remarks>
    /// <param name="a">What has been merged so far.</param>
    /// <param name="b">The next leaf.</param>
    public static Moments Merge(in Moments a, in Moments b)
    {
        if (a.Count == 0 || b.Count == 0)
        {
            return a.Count == 0 ? b : a;
        }

        long count = a.Count + b.Count;
        double delta = b.Mean - a.Mean;
        double share = (double)b.Count / count;
        double mean = Math.FusedMultiplyAdd(delta, share, a.Mean);
        return new(count, mean, Math.FusedMultiplyAdd(delta * delta, a.Count * share, a.M2 + b.M2));
    }
}
