namespace ConvNN.App.Reports;

/// <summary>A curve of a <see cref="Chart"/>.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="X">Where its points are, rising.</param>
/// <param name="Y">Their values; what is not finite is left out.</param>
internal sealed record Curve(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>A curve over the epochs, from 1.</summary>
    public static Curve OfEpochs(string name, IReadOnlyList<double> values) => new(name, [.. Enumerable.Range(1, values.Count).Select(epoch => (double)epoch)], values);

    /// <summary>The same with at most so many points, each the mean of as many neighbours.</summary>
    public Curve Thinned(int most)
    {
        int size = (X.Count + most - 1) / most;
        return size <= 1 ? this : new Curve(Name, Means(X), Means(Y));

        double[] Means(IReadOnlyList<double> values) => [.. values.Chunk(size).Select(part => part.Average())];
    }
}
