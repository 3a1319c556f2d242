namespace ConvNN.Kernels.Dense;

/// <summary>Consecutive inputs of a fully connected layer.</summary>
/// <param name="First">The first.</param>
/// <param name="Count">How many.</param>
public readonly record struct InputRun(int First, int Count)
{
    /// <summary>One past the last (exclusive).</summary>
    public int End => First + Count;
}
