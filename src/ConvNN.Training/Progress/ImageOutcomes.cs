namespace ConvNN.Training.Progress;

/// <summary>The outcome of an evaluation for each of its images, by their index in the dataset.</summary>
/// <param name="images">Images of the dataset.</param>
public sealed class ImageOutcomes(int images)
{
    private readonly int[] _predicted = new int[images];
    private readonly float[] _losses = new float[images];

    /// <summary>The class that the network chose for each image.</summary>
    public IReadOnlyList<int> Predicted => _predicted;

    /// <summary>The loss of each image, in nats: large where the network was sure of another class.</summary>
    public IReadOnlyList<float> Losses => _losses;

    /// <summary>Keeps the outcomes of a batch.</summary>
    /// <param name="indices">The indices of its images in the dataset.</param>
    /// <param name="predicted">The class that was chosen for each.</param>
    /// <param name="losses">The loss of each.</param>
    internal void Keep(ReadOnlySpan<int> indices, ReadOnlySpan<int> predicted, ReadOnlySpan<float> losses)
    {
        for (int n = 0; n < indices.Length; n++)
        {
            (_predicted[indices[n]], _losses[indices[n]]) = (predicted[n], losses[n]);
        }
    }
}
