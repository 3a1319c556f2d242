namespace ConvNN.Data;

/// <summary>A dataset to train and to test with: images of the same shape and classes.</summary>
/// <param name="Name">Name of the dataset: <c>mnist</c> or <c>sample</c> if its bytes are theirs, otherwise that of its folder.</param>
/// <param name="Source">Where it was read from, for the log.</param>
/// <param name="Train">The images to train with.</param>
/// <param name="Test">The images to test with.</param>
/// <param name="IsAsPublished">Whether the SHA-256 of all four files are those published for <paramref name="Name"/>.</param>
public sealed record DatasetPair(string Name, string Source, ImageDataset Train, ImageDataset Test, bool IsAsPublished)
{
    /// <summary>Images that are kept apart from <see cref="Train"/>, to choose epochs by; null for none.</summary>
    public ImageDataset? Validation { get; init; }

    /// <summary>The names of the classes, by label; null where they are just numbers.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Why this is not the dataset that was looked for first, as one line; null if it is, or is what was asked for.</summary>
    public string? FallbackReason { get; init; }

    /// <summary>Whether this is the embedded sample, which is not MNIST: whoever trains on it must be told so.</summary>
    public bool IsSample => IsAsPublished && Name == PublishedDataset.Sample.Name;

    /// <summary>Its figures.</summary>
    public DatasetOutline Outline => new(Name, Train.Shape, Train.Classes, Train.Count, Test.Count) { ValidationCount = Validation?.Count ?? 0 };
}
