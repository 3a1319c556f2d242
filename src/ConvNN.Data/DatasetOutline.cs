using ConvNN.Model;

namespace ConvNN.Data;

/// <summary>The key figures of a dataset, enough to plan a run without its images.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">The shape of an image.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="TrainCount">Number of training images.</param>
/// <param name="TestCount">Number of test images.</param>
public sealed record DatasetOutline(string Name, Shape Shape, int Classes, int TrainCount, int TestCount)
{
    /// <summary>Number of images held out from training for validation.</summary>
    public int ValidationCount { get; init; }

    /// <summary>Whether the images are in memory, or will be; otherwise they are decoded from files for each use.</summary>
    public bool IsInMemory { get; init; } = true;

    /// <summary>Size of the images and labels in memory, in bytes.</summary>
    public long Bytes => ((long)TrainCount + ValidationCount + TestCount) * (1 + (IsInMemory ? Shape.Count : 0));
}
