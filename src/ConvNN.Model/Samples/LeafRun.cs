namespace ConvNN.Model.Samples;

/// <summary>The leaves of a run of training samples, for layers that combine the samples of a leaf.</summary>
public readonly ref struct LeafRun
{
    /// <summary>Index in the step of the run's first leaf.</summary>
    public required int First { get; init; }

    /// <summary>Leaf First + h holds the run's samples [Edges[h], Edges[h + 1]).</summary>
    public required ReadOnlySpan<int> Edges { get; init; }

    /// <summary>What layers record about the run's leaves.</summary>
    public required LeafStatistics Statistics { get; init; }

    /// <summary>Number of leaves; 0 if they are not given.</summary>
    public int Count => Math.Max(0, Edges.Length - 1);

    /// <summary>The values recorded about leaf h of the run.</summary>
    public Span<double> Of(int h) => Statistics.Of(First + h);
}
