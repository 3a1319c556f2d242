using System.Globalization;
using System.Text;
using ConvNN.Data.Files;
using ConvNN.Files;
using ConvNN.Pictures;
using ConvNN.Pictures.Formats;

namespace ConvNN.Data.Images;

/// <summary>What is in a folder of pictures: every picture is read, and what is wrong with some is found in one go.</summary>
/// <param name="Directory">The folder.</param>
/// <param name="Classes">The names of the classes.</param>
/// <param name="Pictures">The pictures, by part and class.</param>
/// <param name="LeftOut">What is in the folder but not in the dataset, in one line; null if there is nothing.</param>
public sealed record PictureCheck(string Directory, IReadOnlyList<string> Classes, IReadOnlyList<CheckedPicture> Pictures, string? LeftOut)
{
    /// <summary>The parts of a dataset, in the order in which they are listed.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["train", "test", "validation"];

    /// <summary>The pictures that cannot be read.</summary>
    public IEnumerable<CheckedPicture> Unreadable => Pictures.Where(picture => picture.Fault is not null);

    /// <summary>Classes without a picture for training: a network cannot learn them.</summary>
    public IEnumerable<string> NotTrained => Classes.Where(name => !Pictures.Any(picture => picture.Part == Parts[0] && picture.Class == name));

    /// <summary>Groups of pictures with the same pixels, which may be in different files, formats and parts.</summary>
    public IEnumerable<IReadOnlyList<CheckedPicture>> Duplicates =>
        Pictures.Where(picture => picture.Fault is null).GroupBy(picture => picture.Sha256).Where(same => same.Skip(1).Any()).Select(same => (IReadOnlyList<CheckedPicture>)[.. same]);

    /// <summary>Duplicates whose pictures are in several classes: at most one of them can be right.</summary>
    public IEnumerable<IReadOnlyList<CheckedPicture>> Contradictions => Duplicates.Where(same => same.Select(picture => picture.Class).Distinct().Skip(1).Any());

    /// <summary>Whether a run can train on the folder.</summary>
    public bool IsSound => !Unreadable.Any() && !NotTrained.Any();

    /// <summary>Reads all pictures of a folder.</summary>
    /// <param name="directory">A folder with a subfolder for each class, or with a <c>labels.csv</c>.</param>
    /// <param name="cancellationToken">Cancels between pictures.</param>
    /// <exception cref="DatasetException">The folder is not one of pictures: what is in it cannot be told.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static PictureCheck Of(string directory, CancellationToken cancellationToken = default)
    {
        string folder = Path.GetFullPath(directory);
        try
        {
            if (!ImageFolder.IsOne(folder))
            {
                throw new DatasetException(System.IO.Directory.Exists(folder)
                    ? $"{folder}: has no pictures; name a folder with a subfolder for each class, or with a {LabelFile.Name}."
                    : $"{folder}: there is no such folder.");
            }

            ImageFolder found = ImageFolder.Find(folder, isChecked: true);
            (ImageFolder.Item Item, string Part)[] all =
                [.. found.Train.Select(item => (item, Parts[0])), .. found.Test.Select(item => (item, Parts[1])), .. found.Validation.Select(item => (item, Parts[2]))];
            CheckedPicture[] pictures = new CheckedPicture[all.Length];
            Parallel.For(
                0, all.Length, new ParallelOptions { CancellationToken = cancellationToken }, i => pictures[i] = Read(folder, all[i].Item.Path, all[i].Part, found.Classes[all[i].Item.Label]));
            return new PictureCheck(folder, found.Classes, pictures, found.LeftOutLine);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{folder}: cannot be read: {e.Message}", e);
        }
    }

    private static CheckedPicture Read(string folder, string path, string part, string name)
    {
        CheckedPicture picture = new(path, Path.GetRelativePath(folder, path), part, name);
        try
        {
            Picture read = PictureFile.Read(path);
            byte[] size = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{read.Width} {read.Height} {read.Channels} "));
            return picture with { Width = read.Width, Height = read.Height, Channels = read.Channels, Sha256 = Sha256Hash.Of([.. size, .. read.Values]) };
        }
        catch (PictureException wrong)
        {
            return picture with { Fault = wrong.Message };
        }
    }
}

/// <summary>A picture of a folder.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Name">The file, relative to the folder.</param>
/// <param name="Part">Its part of the dataset.</param>
/// <param name="Class">The name of its class.</param>
public sealed record CheckedPicture(string Path, string Name, string Part, string Class)
{
    /// <summary>Pixels per row; 0 if it cannot be read.</summary>
    public int Width { get; init; }

    /// <summary>Number of rows; 0 if it cannot be read.</summary>
    public int Height { get; init; }

    /// <summary>1 for grey, 3 for colours; 0 if it cannot be read.</summary>
    public int Channels { get; init; }

    /// <summary>SHA-256 of its size and pixels, in lower-case hexadecimal; empty if it cannot be read.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Why it cannot be read, in one line; null if it can.</summary>
    public string? Fault { get; init; }
}
