namespace ConvNN.Data;

/// <summary>The four files of an IDX dataset, under the names that MNIST gave them.</summary>
internal static class DatasetFiles
{
    /// <summary>Images and labels to train with, then images and labels to test with.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ];

    private const string HowToMend =
        "put the four files of a dataset there (https://storage.googleapis.com/cvdf-datasets/mnist/ has MNIST's), or leave Data:Directory out";

    /// <summary>What the file at a position of <see cref="Names"/> holds.</summary>
    public static IdxContent ContentOf(int file) => file % 2 == 0 ? IdxContent.Images : IdxContent.Labels;

    /// <summary>The paths of the four files in <paramref name="directory"/>; one may be raw, or compressed with <c>.gz</c> after its name, and raw wins.</summary>
    /// <exception cref="DatasetException">The folder is missing or cannot be searched, or lacks files, which are all named.</exception>
    public static IReadOnlyList<string> Locate(string directory)
    {
        if (!Exists(directory) || !Directory.Exists(directory))
        {
            throw new DatasetException($"{directory}: {(Exists(directory) ? "is not a folder" : "no such folder")}; {HowToMend}.");
        }

        var paths = new List<string>();
        var missing = new List<string>();

        foreach (string name in Names)
        {
            string raw = Path.Combine(directory, name);
            string gzip = raw + ".gz";

            if (Exists(raw))
            {
                paths.Add(raw);
            }
            else if (Exists(gzip))
            {
                paths.Add(gzip);
            }
            else
            {
                missing.Add(name);
            }
        }

        return missing.Count == 0
            ? paths
            : throw new DatasetException($"{directory}: {string.Join(", ", missing)} not found, neither raw nor as .gz; {HowToMend}.");
    }

    // File.Exists would call missing what may not be looked for, and hide the reason.
    private static bool Exists(string path)
    {
        try
        {
            _ = File.GetAttributes(path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: cannot be looked for: {e.Message}", e);
        }
    }
}
