using ConvNN.Data.Idx;
using ConvNN.Pictures;

namespace ConvNN.Data.Catalog;

/// <summary>What a source read.</summary>
/// <param name="Source">Where it was read from, for the log.</param>
/// <param name="Train">The training part.</param>
/// <param name="Test">The test part.</param>
internal sealed record DatasetContent(string Source, PartContent Train, PartContent Test)
{
    /// <summary>The part for validation; null if there is none.</summary>
    public PartContent? Validation { get; init; }

    /// <summary>The name of a published dataset whose files these are, by their hashes; null if the source does not know.</summary>
    public string? PublishedName { get; init; }

    /// <summary>The names of the classes, by label; null if they are just numbers.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Whether images of a class lie together, as in a folder for each class.</summary>
    public bool IsByClass { get; init; }

    /// <summary>How the pictures were prepared; null for IDX files, whose images are used as they are.</summary>
    public Preparation? Preparation { get; init; }

    /// <summary>What was found but not read, in one line; null if there is nothing.</summary>
    public string? LeftOut { get; init; }

    /// <summary>The hashes of training images and labels, then test images and labels.</summary>
    public IReadOnlyList<string> Sha256 => [Train.Images.Sha256, Train.Labels.Sha256, Test.Images.Sha256, Test.Labels.Sha256];

    /// <summary>Reads and hashes four files in parallel.</summary>
    /// <param name="source">Where they are.</param>
    /// <param name="read">Reads the file at a position of <see cref="DatasetFiles.Names"/>.</param>
    /// <param name="cancellationToken">Cancels between files.</param>
    public static async Task<DatasetContent> ReadAsync(string source, Func<int, IdxArray> read, CancellationToken cancellationToken)
    {
        IdxArray Read(int file)
        {
            IdxArray array = read(file);
            _ = array.Sha256;
            return array;
        }

        IdxArray[] files = await Task.WhenAll(
            Enumerable.Range(0, DatasetFiles.Names.Count).Select(file => Task.Run(() => Read(file), cancellationToken)));
        return new DatasetContent(source, new PartContent(new ImagesInMemory(files[0]), files[1]), new PartContent(new ImagesInMemory(files[2]), files[3]));
    }
}
