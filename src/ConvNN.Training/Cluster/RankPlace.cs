namespace ConvNN.Training.Cluster;

/// <summary>A rank among those that share each batch.</summary>
/// <param name="Rank">The rank, from 0.</param>
/// <param name="Count">The number of ranks.</param>
public readonly record struct RankPlace(int Rank, int Count)
{
    /// <summary>The only rank: a process that trains by itself.</summary>
    public static RankPlace Alone => new(0, 1);
}
