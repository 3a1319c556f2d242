using ConvNN.Model;

namespace ConvNN.Data;

/// <summary>The figures of a dataset, by which a run can be planned without its images.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">The shape of an image.</param>
/// <param name="Classes">Number of its classes.</param>
/// <param name="TrainCount">Images to train with.</param>
/// <param name="TestCount">Images to test with.</param>
public sealed record DatasetOutline(string Name, Shape Shape, int Classes, int TrainCount, int TestCount)
{
    /// <summary>Images that are kept apart from the training images for validation.</summary>
    public int ValidationCount { get; init; }

    /// <summary>Bytes of the images and labels in memory.</summary>
    public long Bytes => ((long)TrainCount + ValidationCount + TestCount) * (Shape.Count + 1);
}
