namespace ConvNN.Kernels.Sums;

/// <summary>
/// The cut of a step's samples into the leaves of "the one sum": leaf h of P holds the samples
/// [h·n/P, (h+1)·n/P). It depends on the batch alone, never on who computes it.
/// </summary>
/// <param name="Samples">n, the samples that are really in the step.</param>
/// <param name="Leaves">P, the number of leaves; some are empty when it exceeds n.</param>
public readonly record struct LeafCut(int Samples, int Leaves)
{
    /// <summary>First sample of leaf <paramref name="leaf"/>; for <see cref="Leaves"/>, the number of samples.</summary>
    public int Start(int leaf) => (int)((long)leaf * Samples / Leaves);

    /// <summary>
    /// The number of leaves for a batch size: 8 up to batch 128, then one per 16 samples, as a power of two, at most 64.
    /// </summary>
    /// <param name="batchSize">Images of a step.</param>
    /// <param name="minSamples">The fewest samples that a leaf should have: with more than one there may be fewer leaves than 8, down to one.</param>
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
