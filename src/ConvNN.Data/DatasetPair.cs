using ConvNN.Pictures;

namespace ConvNN.Data;

/// <summary>A dataset with training and test images of the same shape and classes.</summary>
/// <param name="Name">Name of the dataset: <c>mnist</c> or <c>sample</c> if its bytes match, otherwise that of its folder.</param>
/// <param name="Source">Where it was read from, for the log.</param>
/// <param name="Train">The training images.</param>
/// <param name="Test">The test images.</param>
/// <param name="IsAsPublished">Whether the SHA-256 hashes of all files are those published for <paramref name="Name"/>.</param>
public sealed record DatasetPair(string Name, string Source, ImageDataset Train, ImageDataset Test, bool IsAsPublished)
{
    /// <summary>Images held out from <see cref="Train"/>, to select epochs by; null for none.</summary>
    public ImageDataset? Validation { get; init; }

    /// <summary>The names of the classes, by label; null if they are just numbers.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>How a picture is prepared for a network that is trained on this dataset.</summary>
    public Preparation Preparation { get; init; } = Preparations.Resize;

    /// <summary>What was found beside the images but not read, in one line; null if there is nothing.</summary>
    public string? LeftOut { get; init; }

    /// <summary>One line on why this is not the dataset that was tried first; null if it is, or if it was requested.</summary>
    public string? FallbackReason { get; init; }

    /// <summary>Whether this is the embedded sample, which is not MNIST: users who train on it must be told.</summary>
    public bool IsSample => IsAsPublished && Name == PublishedDataset.Sample.Name;

    /// <summary>Its key figures.</summary>
    public DatasetOutline Outline => new(Name, Train.Shape, Train.Classes, Train.Count, Test.Count) { ValidationCount = Validation?.Count ?? 0, IsInMemory = Train.IsInMemory };
}
