namespace ConvNN.Kernels.Sums;

/// <summary>
/// Divides a step's samples into the leaves of its sums: leaf h of P holds the samples [h·n/P, (h+1)·n/P). The division depends
/// only on the batch, never on the workers.
/// </summary>
/// <param name="Samples">n, the actual number of samples in the step.</param>
/// <param name="Leaves">P, the number of leaves; some are empty if it exceeds n.</param>
public readonly record struct LeafCut(int Samples, int Leaves)
{
    /// <summary>First sample of leaf <paramref name="leaf"/>; for <see cref="Leaves"/>, the number of samples.</summary>
    public int Start(int leaf) => (int)((long)leaf * Samples / Leaves);

    /// <summary>
    /// The default number of leaves for a batch size: 8 up to batch 128, then one per 16 samples, rounded down to a power of two,
    /// at most 64.
    /// </summary>
    /// <param name="batchSize">Samples per step.</param>
    /// <param name="minSamples">The desired minimum of samples per leaf; above 1, there may be fewer than 8 leaves, down to 1.</param>
    public static int DefaultLeaves(int batchSize, int minSamples = 1)
    {
        int leaves = 8;
        while (leaves > 1 && minSamples > 1 && batchSize / leaves < minSamples)
        {
            leaves /= 2;
        }

        if (leaves < 8)
        {
            return leaves;
        }

        while (leaves < 64 && leaves * 2 * 16 <= batchSize)
        {
            leaves *= 2;
        }

        return leaves;
    }
}
