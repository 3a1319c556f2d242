using ConvNN.Model.Parameters;

namespace ConvNN.Model.Samples;

/// <summary>What layers note about each leaf of a step, such as its moments: written by whoever computes the leaf, read in leaf order when the step ends.</summary>
/// <param name="layout">Where each layer's part lies.</param>
/// <param name="leaves">P, the leaves of a step.</param>
public sealed class LeafStatistics(ParameterLayout layout, int leaves)
{
    private readonly double[] _values = new double[checked(layout.StatisticsLength * leaves)];

    /// <summary>P, the leaves of a step.</summary>
    public int Leaves => leaves;

    /// <summary>What is noted about a leaf.</summary>
    public Span<double> Of(int leaf) => _values.AsSpan(leaf * layout.StatisticsLength, layout.StatisticsLength);
}
