using ConvNN.Data.Files;

namespace ConvNN.Data.Idx;

/// <summary>The four files of an IDX dataset, with the names that MNIST uses.</summary>
internal static class DatasetFiles
{
    /// <summary>Training images and labels, then test images and labels.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ];

    // The names in EMNIST, after a prefix for the dataset: emnist-balanced-test-images-idx3-ubyte.
    private static readonly string[] Prefixed = [Names[0], Names[1], "test-images-idx3-ubyte", "test-labels-idx1-ubyte"];

    /// <summary>The extension of a compressed file.</summary>
    public const string Compressed = ".gz";

    // Enough to see what is there instead.
    private const int MostShown = 6;

    private const string HowToMend =
        "put the four files of a dataset there (https://storage.googleapis.com/cvdf-datasets/mnist/ has MNIST's), or pictures in a folder for each class, or leave Data:Directory out";

    /// <summary>What the file at a position of <see cref="Names"/> contains.</summary>
    public static IdxContent ContentOf(int file) => file % 2 == 0 ? IdxContent.Images : IdxContent.Labels;

    /// <summary>The paths of the four files in <paramref name="directory"/>; each may be raw or <c>.gz</c>, and raw wins.</summary>
    /// <exception cref="DatasetException">The folder is missing or cannot be searched, or files are missing: all are named.</exception>
    public static IReadOnlyList<string> Locate(string directory)
    {
        if (!Exists(directory) || !Directory.Exists(directory))
        {
            throw new DatasetException(
                $"{directory}: {(Exists(directory) ? "is not a folder" : "no such folder")}; name one with the four files of a dataset, or with pictures in a folder for each class, or leave Data:Directory out.");
        }

        IReadOnlyList<string?> paths = Find(directory);
        return paths.All(path => path is not null)
            ? [.. paths.Select(path => path!)]
            : throw new DatasetException(
                $"{directory}: {string.Join(", ", Names.Where((_, file) => paths[file] is null))} not found, raw or as .gz{Seen(directory)}; {HowToMend}.");
    }

    private static string Seen(string directory)
    {
        string[] names = [.. Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        string more = names.Length > MostShown ? ", …" : "";
        return names.Length == 0 ? "" : $" (it has {string.Join(", ", names.Take(MostShown))}{more})";
    }

    /// <summary>The path of each file in <paramref name="directory"/>; null for missing ones.</summary>
    /// <exception cref="DatasetException">The folder cannot be searched.</exception>
    public static IReadOnlyList<string?> Find(string directory)
    {
        IReadOnlyList<string?> paths = Find(directory, Names);
        return paths.All(path => path is null) && PrefixIn(directory) is { } prefix ? Find(directory, [.. Prefixed.Select(name => prefix + name)]) : paths;
    }

    private static IReadOnlyList<string?> Find(string directory, IReadOnlyList<string> names)
    {
        string[] entries = Entries(directory);
        return [.. names.Select(name => FileOf(entries.FirstOrDefault(entry => NameOf(entry) == name), name))];
    }

    /// <summary>The entries of a folder, raw ones before compressed ones; none if it is missing.</summary>
    private static string[] Entries(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(directory).OrderBy(IsCompressed).ThenBy(path => path, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{directory}: cannot be accessed: {e.Message}", e);
        }
    }

    /// <summary>A file's name as MNIST has it: archives also have <c>train-images.idx3-ubyte</c>, and <c>.GZ</c>.</summary>
    private static string NameOf(string path)
    {
        string name = Path.GetFileName(path).ToLowerInvariant();
        return (IsCompressed(path) ? name[..^Compressed.Length] : name).Replace(".idx", "-idx", StringComparison.Ordinal);
    }

    private static bool IsCompressed(string path) => path.EndsWith(Compressed, StringComparison.OrdinalIgnoreCase);

    /// <summary>The file itself, or the one in a folder of the same name, as some archives have it.</summary>
    private static string? FileOf(string? entry, string name) =>
        entry is not null && Directory.Exists(entry) ? Entries(entry).FirstOrDefault(inner => NameOf(inner) == name) ?? entry : entry;

    /// <summary>The prefix of the names in datasets such as EMNIST: <c>emnist-letters-</c>; null if there is none.</summary>
    private static string? PrefixIn(string directory)
    {
        string[] prefixes =
        [
            .. Entries(directory).Select(NameOf)
                .Where(name => name.EndsWith(Prefixed[0], StringComparison.Ordinal))
                .Select(name => name[..^Prefixed[0].Length])
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        return prefixes.Length <= 1
            ? prefixes.FirstOrDefault()
            : throw new DatasetException($"{directory}: has files of several datasets ({string.Join(", ", prefixes.Select(prefix => prefix.TrimEnd('-')))}); put the files of one dataset into a folder of its own.");
    }

    // File.Exists would report a file as missing if access is denied, and hide the reason.
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
            throw new DatasetException($"{path}: cannot be accessed: {e.Message}", e);
        }
    }
}
