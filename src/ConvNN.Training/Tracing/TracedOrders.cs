namespace ConvNN.Training.Tracing;

/// <summary>
/// The gradients of the first tensor, summed over the leaves of a step in three orders. A float32 is rounded after each addition, so the order
/// decides the last bits; the step uses the tree's, whoever adds.
/// </summary>
/// <param name="Weights">Weights of the tensor.</param>
/// <param name="Differing">How many of them have other bits in one order than in another.</param>
/// <param name="Example">Of these, the one with the largest sum; of all, if none differs.</param>
public sealed record TracedOrders(int Weights, int Differing, TracedSums Example);

/// <summary>The gradient of one weight, summed in three orders.</summary>
/// <param name="Name">The weight: <c>conv1.weight[11]</c>.</param>
/// <param name="Leaves">The sum of each leaf that has samples, in order.</param>
/// <param name="Tree">Their sum as the tree joins them.</param>
public sealed record TracedSums(string Name, IReadOnlyList<float> Leaves, float Tree)
{
    /// <summary>Their sum from the first leaf to the last.</summary>
    public float Forward { get; } = Leaves.Aggregate((sum, leaf) => sum + leaf);

    /// <summary>Their sum from the last leaf to the first.</summary>
    public float Backward { get; } = Leaves.Reverse().Aggregate((sum, leaf) => sum + leaf);

    /// <summary>Whether one order gives other bits than another.</summary>
    public bool IsDiffering => Forward != Backward || Forward != Tree;
}
