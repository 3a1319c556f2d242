namespace ConvNN.Kernels.Normalization;

/// <summary>Count, mean and sum of squared deviations of some values: the statistics of a channel for batch normalisation.</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Mean">Their mean; 0 if there are none.</param>
/// <param name="M2">The sum of their squared deviations from the mean.</param>
public readonly record struct Moments(long Count, double Mean, double M2)
{
    /// <summary>The variance with divisor <see cref="Count"/>, which batch norm uses to normalise; 0 if there are no values.</summary>
    public double Variance => Count == 0 ? 0 : M2 / Count;

    /// <summary>The moments of the values of <paramref name="a"/> and <paramref name="b"/> combined.</summary>
    /// <remarks>
    /// Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979. The
    /// bits depend on the order: leaves are merged one by one in leaf order, ((l0, l1), l2), … An empty operand is ignored.
    /// </remarks>
    /// <param name="a">The leaves merged so far.</param>
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
