namespace ConvNN.Data;

/// <summary>Finds, reads and checks datasets.</summary>
public static class DatasetCatalog
{
    /// <summary>Loads the dataset in a folder, or the embedded sample.</summary>
    /// <param name="directory">
    /// A folder with <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>, <c>t10k-images-idx3-ubyte</c> and
    /// <c>t10k-labels-idx1-ubyte</c>, each raw or with <c>.gz</c>; null for the embedded sample.
    /// </param>
    /// <param name="maxBytes">Most data bytes that the header of a file in the folder may promise.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="DatasetException">The folder or files are missing or invalid, or do not fit together.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<DatasetPair> LoadAsync(
        string? directory, long maxBytes = IdxFile.DefaultMaxBytes, CancellationToken cancellationToken = default)
    {
        string? folder = directory is null ? null : FullPath(directory);
        IReadOnlyList<string>? paths = folder is null ? null : DatasetFiles.Locate(folder);

        IdxArray Read(int file)
        {
            IdxArray array = paths is null
                ? ReadSample(file)
                : IdxFile.Read(paths[file], DatasetFiles.ContentOf(file), maxBytes);
            _ = array.Sha256;       // here, so that the four files are hashed side by side
            return array;
        }

        IdxArray[] files = await Task.WhenAll(
            Enumerable.Range(0, DatasetFiles.Names.Count).Select(file => Task.Run(() => Read(file), cancellationToken)));

        return Combine(files, folder ?? "embedded sample");
    }

    // Every message names the folder and must stay one line.
    private static string FullPath(string directory) => directory.Length > 0 && !directory.Any(char.IsControl)
        ? Path.GetFullPath(directory)
        : throw new DatasetException("Data:Directory is empty or has a control character in it; name a folder, or leave it out.");

    private static IdxArray ReadSample(int file)
    {
        string name = $"Sample/{DatasetFiles.Names[file]}.gz";
        using Stream stream = typeof(DatasetCatalog).Assembly.GetManifestResourceStream(name)!;
        return IdxFile.Read(stream, name, DatasetFiles.ContentOf(file));
    }

    private static DatasetPair Combine(IdxArray[] files, string source)
    {
        PublishedDataset? published = PublishedDataset.Of(files);
        string name = published?.Name ?? NameOf(source);
        int classes = published?.Classes ?? Math.Max(2, MaxOf(files[1].Data) + 1);
        var train = new ImageDataset(name, "train", files[0], files[1], classes);
        var test = new ImageDataset(name, "test", files[2], files[3], classes);

        return train.Shape == test.Shape
            ? new DatasetPair(name, source, train, test, IsAsPublished: published is not null)
            : throw new DatasetException($"{files[2].Source}: images are {test.Shape}, expected {train.Shape} as in {files[0].Source}; use files of one dataset.");
    }

    /// <summary>The folder's name, unless it claims to be what its bytes are not.</summary>
    private static string NameOf(string directory)
    {
        string folder = Path.GetFileName(Path.TrimEndingDirectorySeparator(directory));
        return PublishedDataset.All.Any(known => known.Name == folder) ? folder + "-unverified" : folder;
    }

    private static byte MaxOf(ReadOnlySpan<byte> labels)
    {
        byte max = 0;

        foreach (byte label in labels)
        {
            max = Math.Max(max, label);
        }

        return max;
    }
}
