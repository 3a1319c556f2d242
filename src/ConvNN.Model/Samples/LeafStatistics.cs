using ConvNN.Model.Parameters;

namespace ConvNN.Model.Samples;

/// <summary>
/// What layers record about each leaf of a step, such as its moments: written by the worker that computes the leaf, read in
/// leaf order at the end of the step.
/// </summary>
/// <param name="layout">The network's layout, which says how many values a leaf has.</param>
/// <param name="leaves">P, the number of leaves in a step.</param>
public sealed class LeafStatistics(ParameterLayout layout, int leaves)
{
    private readonly double[] _values = new double[checked(layout.StatisticsLength * leaves)];

    /// <summary>P, the number of leaves in a step.</summary>
    public int Leaves => leaves;

    /// <summary>The values recorded about a leaf.</summary>
    public Span<double> Of(int leaf) => _values.AsSpan(leaf * layout.StatisticsLength, layout.StatisticsLength);
}
