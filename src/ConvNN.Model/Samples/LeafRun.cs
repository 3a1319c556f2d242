namespace ConvNN.Model.Samples;

/// <summary>The leaves of a training run of samples, for layers that look at a leaf as a whole.</summary>
public readonly ref struct LeafRun
{
    /// <summary>The step's leaf with which the run begins.</summary>
    public required int First { get; init; }

    /// <summary>Leaf First + h holds the run's samples [Edges[h], Edges[h + 1]).</summary>
    public required ReadOnlySpan<int> Edges { get; init; }

    /// <summary>What layers note about the run's leaves.</summary>
    public required LeafStatistics Statistics { get; init; }

    /// <summary>Number of leaves; 0 where nobody has said which.</summary>
    public int Count => Math.Max(0, Edges.Length - 1);

    /// <summary>What is noted about the run's leaf h.</summary>
    public Span<double> Of(int h) => Statistics.Of(First + h);
}
