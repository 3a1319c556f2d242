using ConvNN.Data;

namespace ConvNN.App.Runs;

/// <summary>What a run was trained on, and tested with.</summary>
/// <param name="Name">The dataset's name.</param>
/// <param name="Source">Where it was read from.</param>
/// <param name="IsAsPublished">Whether its bytes are those that are known by this name.</param>
/// <param name="Train">Images that were trained on.</param>
/// <param name="Test">Images that were tested with.</param>
/// <param name="Sha256">SHA-256 of each whole decoded file.</param>
internal sealed record DatasetRecord(
    string Name, string Source, bool IsAsPublished, int Train, int Test, IReadOnlyDictionary<string, string> Sha256)
{
    /// <summary>Images that were kept apart for validation.</summary>
    public int Validation { get; init; }

    /// <summary>The record of a dataset.</summary>
    public static DatasetRecord Of(DatasetPair data) => new(
        data.Name,
        data.Source,
        data.IsAsPublished,
        data.Train.Count,
        data.Test.Count,
        new Dictionary<string, string>
        {
            ["train-images"] = data.Train.ImagesSha256,
            ["train-labels"] = data.Train.LabelsSha256,
            ["test-images"] = data.Test.ImagesSha256,
            ["test-labels"] = data.Test.LabelsSha256,
        })
    {
        Validation = data.Validation?.Count ?? 0,
    };

    /// <summary>The first file of which another dataset has other bytes; null if it has the same four files.</summary>
    public string? FirstDifference(DatasetRecord other) =>
        Sha256.Keys.Union(other.Sha256.Keys).FirstOrDefault(file => Sha256.GetValueOrDefault(file) != other.Sha256.GetValueOrDefault(file));
}
