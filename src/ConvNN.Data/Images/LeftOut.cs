using System.Globalization;

namespace ConvNN.Data.Images;

/// <summary>Counts what lies in a folder of pictures but is not part of the dataset.</summary>
internal sealed class LeftOut
{
    private readonly SortedDictionary<string, int> _files = new(StringComparer.Ordinal);
    private readonly List<string> _absent = [];
    private int _folders;
    private string? _example;

    /// <summary>The counts in one line; null if nothing was left out.</summary>
    public string? Line
    {
        get
        {
            string[] counts =
            [
                .. _files.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Value:N0} {kind.Key}")),
                .. _folders > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{_folders:N0} {(_folders == 1 ? "folder" : "folders")}")] : (string[])[],
            ];
            string[] parts = [.. counts.Length > 0 ? [$"not read: {string.Join(", ", counts)} (such as {_example})"] : (string[])[], .. _absent];
            return parts.Length > 0 ? string.Join("; ", parts) : null;
        }
    }

    /// <summary>Counts files and folders that are not read.</summary>
    /// <param name="folder">The folder that they are in.</param>
    /// <param name="entries">Their paths.</param>
    public void Add(string folder, IEnumerable<string> entries)
    {
        foreach (string path in entries)
        {
            _example ??= Path.Combine(Path.GetFileName(folder), Path.GetFileName(path));
            if (Directory.Exists(path))
            {
                _folders++;
                continue;
            }

            string kind = Path.GetExtension(path).ToLowerInvariant() is { Length: > 1 } extension ? extension : "without extension";
            _files[kind] = _files.GetValueOrDefault(kind) + 1;
        }
    }

    /// <summary>Notes pictures that a file of labels does not name.</summary>
    /// <param name="pictures">How many.</param>
    /// <param name="labels">The name of the file.</param>
    public void AddUnlabelled(int pictures, string labels)
    {
        if (pictures > 0)
        {
            _absent.Add(string.Create(CultureInfo.InvariantCulture, $"not in {labels}: {pictures:N0} {(pictures == 1 ? "picture" : "pictures")}"));
        }
    }

    /// <summary>Notes the classes that a part has no pictures of.</summary>
    /// <param name="part">The part: <c>test</c>, <c>val</c>.</param>
    /// <param name="classes">The classes; null if the part has no pictures at all.</param>
    public void AddAbsent(string part, IReadOnlyList<string>? classes)
    {
        if (classes is not { Count: 0 })
        {
            _absent.Add(classes is null ? $"{part} has no pictures and is not used" : $"{part} has no pictures of {string.Join(", ", classes)}");
        }
    }
}
