namespace ConvNN.Training.Tracing;

/// <summary>Two subtrees joined into one, over the leaves [Lo, Hi).</summary>
/// <param name="Lo">First leaf.</param>
/// <param name="Hi">One past the last leaf (exclusive).</param>
/// <param name="Norm">Euclidean norm of the sum of gradients.</param>
public readonly record struct TracedJoin(int Lo, int Hi, double Norm);
