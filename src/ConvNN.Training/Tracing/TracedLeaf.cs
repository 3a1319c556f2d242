namespace ConvNN.Training.Tracing;

/// <summary>A leaf of the tree: samples whose gradients are summed one after another.</summary>
/// <param name="Worker">The worker that computes it in training with full gradients.</param>
/// <param name="FirstSample">The position of its first sample in the batch.</param>
/// <param name="Samples">Its samples, in the order of the batch.</param>
/// <param name="Norm">Euclidean norm of the sum of their gradients; 0 without samples.</param>
public sealed record TracedLeaf(int Worker, int FirstSample, IReadOnlyList<TracedSample> Samples, double Norm)
{
    /// <summary>Sum of their losses.</summary>
    public double LossSum => Samples.Sum(sample => (double)sample.Loss);
}
