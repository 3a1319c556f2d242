using System.Globalization;
using ConvNN.Data.Files;
using ConvNN.Model.Randomness;

namespace ConvNN.Data.Images;

/// <summary>
/// A folder of pictures with a subfolder for each class: <c>train/cat/1.png</c>, <c>test/cat/2.png</c>. Without <c>train</c>,
/// the class folders are directly in it; without <c>test</c>, a fifth of the pictures is held out for the test, always the same.
/// </summary>
internal sealed class ImageFolder
{
    /// <summary>The maximum number of classes: a label is a byte.</summary>
    public const int MaxClasses = 256;

    private const string TrainName = "train";
    private const string TestName = "test";
    private const string Png = ".png";
    private const int TestShare = 5;

    private static readonly string[] OtherPictures = [".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"];

    private readonly string _directory;

    private ImageFolder(string directory, IReadOnlyList<string> classes)
    {
        _directory = directory;
        Classes = classes;
    }

    /// <summary>The names of the classes, in the order of their labels: sorted by character code.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The training and test pictures, and the class of each.</summary>
    public (IReadOnlyList<(string Path, byte Label)> Train, IReadOnlyList<(string Path, byte Label)> Test) Pictures { get; private set; }

    /// <summary>Whether a folder is an image folder: it has subfolders, and no file named like one of an IDX dataset.</summary>
    /// <param name="directory">The folder.</param>
    public static bool IsOne(string directory) =>
        Directory.Exists(directory)
        && Directory.EnumerateDirectories(directory).Any(IsShown)
        && !Directory.EnumerateFiles(directory).Any(file => file.Contains("-ubyte", StringComparison.Ordinal));

    /// <summary>Finds classes and pictures without reading any.</summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="DatasetException">
    /// There are too few or too many classes, one has no picture, or some pictures are not PNG files.
    /// </exception>
    public static ImageFolder Find(string directory)
    {
        string train = Path.Combine(directory, TrainName), test = Path.Combine(directory, TestName);
        string classes = Directory.Exists(train) ? train : directory;
        string[] names = [.. Subfolders(classes).Where(name => classes != directory || name != TestName)];
        if (names.Length is < 2 or > MaxClasses)
        {
            throw new DatasetException(string.Create(
                CultureInfo.InvariantCulture, $"{classes}: has {names.Length} folders, expected 2 to {MaxClasses}, one for each class, with its PNG files."));
        }

        if (names.FirstOrDefault(name => name.Any(char.IsControl)) is { } unprintable)
        {
            throw new DatasetException($"{classes}: a class folder has a control character in its name ({new string([.. unprintable.Select(c => char.IsControl(c) ? '?' : c)])}); rename it.");
        }

        ImageFolder folder = new(directory, names);
        (string, byte)[] all = [.. names.SelectMany((name, label) => folder.PicturesOf(Path.Combine(classes, name), (byte)label))];
        folder.Pictures = Directory.Exists(test) ? (all, folder.TestPictures(test)) : Split(all);
        return folder;
    }

    private static bool IsShown(string path) => !Path.GetFileName(path).StartsWith('.');

    private static IEnumerable<string> Subfolders(string directory) =>
        Directory.EnumerateDirectories(directory).Where(IsShown).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private (string, byte)[] TestPictures(string test)
    {
        string[] names = [.. Subfolders(test)];
        if (names.Length == 0)
        {
            throw new DatasetException($"{test}: has no folder of a class; put the test pictures into folders such as {Path.Combine(test, Classes[0])}, or rename {TestName} to hold out a fifth of the others.");
        }

        return names.FirstOrDefault(name => !Classes.Contains(name)) is { } foreign
            ? throw new DatasetException($"{Path.Combine(test, foreign)}: there are no training images of class {foreign}; the classes are {string.Join(", ", Classes)}.")
            : [.. names.SelectMany(name => PicturesOf(Path.Combine(test, name), (byte)Classes.Index().First(known => known.Item == name).Index))];
    }

    private IEnumerable<(string Path, byte Label)> PicturesOf(string folder, byte label)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).Where(IsShown).Order(StringComparer.Ordinal)];
        if (files.FirstOrDefault(file => OtherPictures.Contains(Path.GetExtension(file).ToLowerInvariant())) is { } other)
        {
            throw new DatasetException(
                $"{other}: {Path.GetExtension(other)[1..]} files are not supported; convert them to PNG and move the originals elsewhere. With ImageMagick: "
                + $"find {_directory} -name '*{Path.GetExtension(other)}' -exec mogrify -format png {{}} +");
        }

        string[] pictures = [.. files.Where(file => string.Equals(Path.GetExtension(file), Png, StringComparison.OrdinalIgnoreCase))];
        return pictures.Length > 0
            ? pictures.Select(file => (file, label))
            : throw new DatasetException($"{folder}: has no PNG files; put the pictures of class {Classes[label]} there, or move the folder elsewhere.");
    }

    /// <summary>Holds out a fifth for the test; which ones depends only on the number of pictures.</summary>
    private static ((string, byte)[] Train, (string, byte)[] Test) Split((string, byte)[] all)
    {
        RandomStream random = new(seed: 0, RandomPurpose.Split, layer: 1);
        int[] order = [.. Enumerable.Range(0, all.Length)];
        for (int i = order.Length - 1; i >= 1; i--)
        {
            int j = random.Below((uint)i, i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        int test = Math.Max(1, all.Length / TestShare);
        return ([.. order[test..].Order().Select(i => all[i])], [.. order[..test].Order().Select(i => all[i])]);
    }
}
