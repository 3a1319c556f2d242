using System.Globalization;
using ConvNN.Data.Files;
using ConvNN.Files;
using ConvNN.Model.Randomness;
using ConvNN.Pictures.Formats;

namespace ConvNN.Data.Images;

/// <summary>
/// A folder of pictures with a subfolder for each class: <c>train/cat/1.png</c>, <c>test/cat/2.jpg</c>, and <c>val/cat/3.gif</c> if
/// there is one. Without <c>train</c>, the class folders are directly in it; without <c>test</c>, a fifth of each class is held out
/// for the test, always the same. Or a folder of pictures with a <see cref="LabelFile"/>.
/// </summary>
internal sealed class ImageFolder
{
    /// <summary>The maximum number of classes: a label is a byte.</summary>
    public const int MaxClasses = 256;

    private const string TrainName = "train";
    private const string TestName = "test";
    private const int TestShare = 5;

    private static readonly string[] ValidationNames = ["val", "valid", "validation"];

    // What systems and archives put beside the files of a user.
    private static readonly string[] SystemNames = ["Thumbs.db", "desktop.ini", "__MACOSX", "$RECYCLE.BIN", "System Volume Information"];

    private readonly LeftOut _leftOut = new();
    private readonly bool _isChecked;

    private ImageFolder(bool isChecked) => _isChecked = isChecked;

    /// <summary>A picture's file and its class.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Label">The class.</param>
    public sealed record Item(string Path, byte Label);

    /// <summary>The names of the classes, in the order of their labels: sorted by character code.</summary>
    public IReadOnlyList<string> Classes { get; private set; } = [];

    /// <summary>The training pictures.</summary>
    public IReadOnlyList<Item> Train { get; private set; } = [];

    /// <summary>The test pictures.</summary>
    public IReadOnlyList<Item> Test { get; private set; } = [];

    /// <summary>The validation pictures; empty if the folder has no part for them.</summary>
    public IReadOnlyList<Item> Validation { get; private set; } = [];

    /// <summary>What is in the folder but not in the dataset, in one line; null if there is nothing.</summary>
    public string? LeftOutLine => _leftOut.Line;

    /// <summary>Whether a folder is an image folder: it has subfolders or pictures, and no file named like one of an IDX dataset.</summary>
    /// <param name="directory">The folder.</param>
    public static bool IsOne(string directory) =>
        Directory.Exists(directory)
        && (Subfolders(directory).Any() || Files(directory).Any(PictureFile.IsOne))
        && !Directory.EnumerateFileSystemEntries(directory).Any(path => Path.GetFileName(path).Contains("-ubyte", StringComparison.OrdinalIgnoreCase));

    /// <summary>Finds classes and pictures without reading any.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="isChecked">Whether classes without training pictures are found, too, instead of being refused.</param>
    /// <exception cref="DatasetException">There are too few or too many classes, or one has no picture.</exception>
    public static ImageFolder Find(string directory, bool isChecked = false)
    {
        if (LabelFile.In(directory) is { } labels)
        {
            return OfLabels(directory, labels, isChecked);
        }

        ImageFolder folder = new(isChecked);
        string? train = Part(directory, [TrainName]), test = Part(directory, [TestName]), validation = Part(directory, ValidationNames);
        string[] parts = [.. new[] { train, test, validation }.OfType<string>()];
        string classes = train ?? directory;
        string[] names = [.. Subfolders(classes).Where(path => !parts.Contains(path)).Select(NameOf)];
        if (isChecked)
        {
            names = [.. names.Union(parts.SelectMany(Subfolders).Select(NameOf))];
        }

        folder.SetClasses(classes, names);
        if (train is not null)
        {
            folder._leftOut.Add(directory, Entries(directory).Where(path => !parts.Contains(path)));
        }

        folder._leftOut.Add(classes, Files(classes));
        Item[] all = [.. names.Order(StringComparer.Ordinal).SelectMany(name => folder.TrainingPictures(Path.Combine(classes, name)))];
        (folder.Train, folder.Test) = test is null ? Split(all) : (all, folder.PartPictures(test));
        folder.Validation = validation is null ? [] : folder.PartPictures(validation);
        if (test is not null && folder.Test.Count == 0)
        {
            throw new DatasetException($"{test}: has no picture in the folder of a class; put the test pictures into folders such as {Path.Combine(test, folder.Classes[0])}, or rename {Path.GetFileName(test)} to hold out a fifth of the others.");
        }

        return folder;
    }

    /// <summary>The pictures that a label file names.</summary>
    private static ImageFolder OfLabels(string directory, string path, bool isChecked)
    {
        ImageFolder folder = new(isChecked);
        IReadOnlyList<LabelFile.Line> lines = LabelFile.Read(path);
        string[] classes = [.. lines.Select(line => line.Label).Distinct().Order(StringComparer.Ordinal)];
        if (classes.Length is < 2 or > MaxClasses)
        {
            throw new DatasetException(string.Create(CultureInfo.InvariantCulture, $"{path}: has {classes.Length} classes, expected 2 to {MaxClasses}; see that its second column is the class."));
        }

        folder.Classes = classes;
        Dictionary<string, string> pictures = PicturesIn(directory);
        Dictionary<string, long> seen = [];
        List<Item>[] parts = [[], [], []];
        foreach (LabelFile.Line line in lines)
        {
            string picture = LabelledPicture(line, path, pictures);
            if (!seen.TryAdd(picture, line.Number))
            {
                throw new DatasetException(string.Create(CultureInfo.InvariantCulture, $"{path}: lines {seen[picture]} and {line.Number} are about the same picture, {line.File}; leave one of them out."));
            }

            parts[PartOf(line, path)].Add(new Item(picture, (byte)Array.BinarySearch(classes, line.Label, StringComparer.Ordinal)));
        }

        (folder.Train, folder.Test) = parts[1].Count == 0 ? Split([.. parts[0]]) : ([.. parts[0]], [.. parts[1]]);
        folder.Validation = [.. parts[2]];
        if (folder.Train.Count == 0)
        {
            throw new DatasetException($"{path}: has no picture for training; mark some lines as {TrainName}, or leave out the column of parts to hold out a fifth for the test.");
        }

        if (!isChecked && classes.Where((_, label) => parts[0].All(item => item.Label != label)).FirstOrDefault() is { } untrained)
        {
            throw new DatasetException($"{path}: there are no training images of class {ClassName.Describe(untrained)}; mark some of its pictures as {TrainName}, or leave the class out.");
        }

        folder._leftOut.AddUnlabelled(pictures.Values.Distinct().Count(picture => !seen.ContainsKey(picture)), Name(path));
        return folder;

        static string Name(string file) => Path.GetFileName(file);
    }

    /// <summary>All pictures in a folder and below, by their names in a label file: relative paths, with and without extension.</summary>
    private static Dictionary<string, string> PicturesIn(string directory)
    {
        Dictionary<string, string> pictures = new(StringComparer.Ordinal);
        EnumerationOptions below = new() { RecurseSubdirectories = true, IgnoreInaccessible = false };
        foreach (string path in Directory.EnumerateFiles(directory, "*", below).Where(PictureFile.IsOne).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/');
            pictures[name] = path;
            _ = pictures.TryAdd(Path.ChangeExtension(name, null), path);
        }

        return pictures;
    }

    private static string LabelledPicture(LabelFile.Line line, string path, Dictionary<string, string> pictures)
    {
        string name = line.File.Replace('\\', '/');
        foreach (string folder in (ReadOnlySpan<string>)["", $"{TrainName}/", "images/"])
        {
            if (pictures.TryGetValue(folder + name, out string? picture))
            {
                return picture;
            }
        }

        throw new DatasetException(string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: line {line.Number} names {line.File}, but there is no such picture beside {LabelFile.Name}, in {TrainName} or in images; give its path from the folder of {LabelFile.Name}, or leave the line out."));
    }

    /// <summary>0 for training, 1 for the test, 2 for validation.</summary>
    private static int PartOf(LabelFile.Line line, string path) => line.Part.ToLowerInvariant() switch
    {
        "" or TrainName => 0,
        TestName => 1,
        var part when ValidationNames.Contains(part) => 2,
        _ => throw new DatasetException(string.Create(
            CultureInfo.InvariantCulture, $"{path}: line {line.Number} has the part {line.Part}, expected {TrainName}, {TestName} or {ValidationNames[0]}; change it, or leave out the column.")),
    };

    private static string NameOf(string path)
    {
        RegularFile.CheckName(path);
        return Path.GetFileName(path);
    }

    private static bool IsShown(string path) =>
        !Path.GetFileName(path).StartsWith('.') && !SystemNames.Contains(Path.GetFileName(path), StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> Entries(string directory) => Directory.EnumerateFileSystemEntries(directory).Where(IsShown).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Files(string directory) => Directory.EnumerateFiles(directory).Where(IsShown).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Subfolders(string directory) => Directory.EnumerateDirectories(directory).Where(IsShown).Order(StringComparer.Ordinal);

    /// <summary>The subfolder with one of some names, in any case; null if there is none.</summary>
    private static string? Part(string directory, string[] names)
    {
        string[] found = [.. Subfolders(directory).Where(path => names.Contains(Path.GetFileName(path), StringComparer.OrdinalIgnoreCase))];
        return found.Length <= 1
            ? found.FirstOrDefault()
            : throw new DatasetException($"{directory}: has {string.Join(" and ", found.Select(path => Path.GetFileName(path)))}, which mean the same; keep one of them.");
    }

    private void SetClasses(string directory, string[] names)
    {
        if (names.FirstOrDefault(name => name.Any(char.IsControl)) is { } unprintable)
        {
            throw new DatasetException($"{directory}: a class folder has a control character in its name ({new string([.. unprintable.Select(c => char.IsControl(c) ? '?' : c)])}); rename it.");
        }

        if (names.Length is < 2 or > MaxClasses)
        {
            throw new DatasetException($"{directory}: {Misplaced(directory, names)}.");
        }

        Classes = [.. names.Order(StringComparer.Ordinal)];
    }

    /// <summary>What a folder without class folders has instead, and what to do.</summary>
    private static string Misplaced(string directory, string[] names)
    {
        int pictures = Files(directory).Count(PictureFile.IsOne);
        string expected = string.Create(CultureInfo.InvariantCulture, $"expected 2 to {MaxClasses}, one for each class, with its pictures");
        return (names, pictures) switch
        {
            ([], > 0) => string.Create(CultureInfo.InvariantCulture, $"has {pictures:N0} pictures but no folders; {expected}"),
            ([string only], _) when IsOne(Path.Combine(directory, only)) && Subfolders(Path.Combine(directory, only)).Any() =>
                $"has one folder, {only}, {expected}; name {Path.Combine(directory, only)} if the dataset is there",
            _ => string.Create(CultureInfo.InvariantCulture, $"has {names.Length} folder{(names.Length == 1 ? "" : "s")}, {expected}"),
        };
    }

    private Item[] TrainingPictures(string folder)
    {
        Item[] pictures = [.. PicturesOf(folder)];
        if (pictures.Length > 0 || _isChecked)
        {
            return pictures;
        }

        string name = Path.GetFileName(folder);
        throw Subfolders(folder).FirstOrDefault(inner => Files(inner).Any(PictureFile.IsOne)) is { } nested
            ? new DatasetException($"{nested}: is a folder in the folder of class {name}; move its pictures to {folder}.")
            : new DatasetException($"{folder}: has no pictures ({string.Join(", ", PictureFile.Extensions)}){Others(folder)}; put those of class {name} there, or move the folder elsewhere.");
    }

    private static string Others(string folder)
    {
        LeftOut others = new();
        others.Add(folder, Entries(folder));
        return others.Line is { } line ? $", but {line}" : "";
    }

    private Item[] PartPictures(string part)
    {
        string[] folders = [.. Subfolders(part)];
        if (folders.FirstOrDefault(path => !Classes.Contains(Path.GetFileName(path))) is { } foreign)
        {
            throw new DatasetException($"{foreign}: there are no training images of class {ClassName.Describe(Path.GetFileName(foreign))}; the classes are {string.Join(", ", Classes.Select(ClassName.Describe))}.");
        }

        _leftOut.Add(part, Files(part));
        Item[] pictures = [.. folders.SelectMany(PicturesOf)];
        string[] absent = [.. Classes.Where((_, label) => pictures.All(picture => picture.Label != label))];
        _leftOut.AddAbsent(Path.GetFileName(part), pictures.Length == 0 ? null : absent);
        return pictures;
    }

    private IEnumerable<Item> PicturesOf(string folder)
    {
        string name = Path.GetFileName(folder);
        byte label = (byte)Classes.Index().First(known => known.Item == name).Index;
        if (!Directory.Exists(folder))
        {
            // A class that occurs in another part only.
            return [];
        }

        _leftOut.Add(folder, Entries(folder).Where(path => Directory.Exists(path) || !PictureFile.IsOne(path)));
        return Files(folder).Where(PictureFile.IsOne).Select(file => new Item(file, label));
    }

    /// <summary>Holds out a fifth of each class for the test; which ones depends only on their numbers.</summary>
    private static (Item[] Train, Item[] Test) Split(Item[] all)
    {
        RandomStream random = new(seed: 0, RandomPurpose.Split, layer: 1);
        int[] order = [.. Enumerable.Range(0, all.Length)];
        for (int i = order.Length - 1; i >= 1; i--)
        {
            int j = random.Below((uint)i, i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        bool[] isTest = new bool[all.Length];
        foreach (int i in ProportionalDraw.From(order, i => all[i].Label, Math.Max(1, all.Length / TestShare)))
        {
            isTest[i] = true;
        }

        return ([.. all.Where((_, i) => !isTest[i])], [.. all.Where((_, i) => isTest[i])]);
    }
}
