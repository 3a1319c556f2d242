using ConvNN.Data;

namespace ConvNN.App.Runs;

/// <summary>The data that a run was trained and tested on.</summary>
/// <param name="Name">The dataset's name.</param>
/// <param name="Source">Where it was read from.</param>
/// <param name="IsAsPublished">Whether its bytes are those published under this name.</param>
/// <param name="Train">The number of training images.</param>
/// <param name="Test">The number of test images.</param>
/// <param name="Sha256">SHA-256 of each whole decoded file.</param>
internal sealed record DatasetRecord(
    string Name, string Source, bool IsAsPublished, int Train, int Test, IReadOnlyDictionary<string, string> Sha256)
{
    /// <summary>The number of validation images.</summary>
    public int Validation { get; init; }

    /// <summary>The record of a dataset.</summary>
    public static DatasetRecord Of(DatasetPair data) => new(
        data.Name,
        data.Source,
        data.IsAsPublished,
        data.Train.Count,
        data.Test.Count,
        Hashes(data))
    {
        Validation = data.Validation?.Count ?? 0,
    };

    private static Dictionary<string, string> Hashes(DatasetPair data)
    {
        Dictionary<string, string> hashes = new()
        {
            ["train-images"] = data.Train.ImagesSha256,
            ["train-labels"] = data.Train.LabelsSha256,
            ["test-images"] = data.Test.ImagesSha256,
            ["test-labels"] = data.Test.LabelsSha256,
        };

        // A part of its own; what is kept apart of the training images follows from them.
        if (data.Validation is { } validation && validation.ImagesSha256 != data.Train.ImagesSha256)
        {
            hashes["validation-images"] = validation.ImagesSha256;
            hashes["validation-labels"] = validation.LabelsSha256;
        }

        return hashes;
    }

    /// <summary>The first file whose bytes differ in another dataset; null if all four files are the same.</summary>
    public string? FirstDifference(DatasetRecord other) =>
        Sha256.Keys.Union(other.Sha256.Keys).FirstOrDefault(file => Sha256.GetValueOrDefault(file) != other.Sha256.GetValueOrDefault(file));
}
