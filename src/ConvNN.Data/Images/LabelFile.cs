using System.Globalization;
using ConvNN.Data.Files;
using ConvNN.Files;
using Microsoft.VisualBasic.FileIO;

namespace ConvNN.Data.Images;

/// <summary>
/// A file <c>labels.csv</c> that names the class of each picture, as in many competitions: a line of column names, then a line for
/// each picture. Of two columns the first is the file and the second the class, whatever they are called; of more, those named
/// <c>file</c> and <c>label</c> (or as below), and <c>part</c> if there is one: train, test or val.
/// </summary>
internal static class LabelFile
{
    /// <summary>Its name.</summary>
    public const string Name = "labels.csv";

    private const int MaxBytes = 1 << 28;

    // docs/own-pictures.md has them, too.
    internal static readonly string[] FileColumns = ["file", "filename", "file_name", "image", "image_id", "path", "id"];
    internal static readonly string[] LabelColumns = ["label", "class", "class_name", "category"];
    internal static readonly string[] PartColumns = ["part", "split", "set"];

    /// <summary>A line.</summary>
    /// <param name="Number">Its number in the file, from 1.</param>
    /// <param name="File">The picture, as written.</param>
    /// <param name="Label">The name of its class.</param>
    /// <param name="Part">Its part of the dataset, as written; empty if the file has no such column.</param>
    public sealed record Line(long Number, string File, string Label, string Part);

    /// <summary>The file in a folder; null if there is none.</summary>
    /// <param name="directory">The folder.</param>
    public static string? In(string directory) =>
        Directory.EnumerateFiles(directory).FirstOrDefault(path => Path.GetFileName(path).Equals(Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads the lines.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DatasetException">It cannot be read, or a line is not as expected.</exception>
    public static IReadOnlyList<Line> Read(string path) => RegularFile.Read(path, Read, (message, cause) => new DatasetException(message, cause), MaxBytes);

    private static List<Line> Read(Stream stream, string path)
    {
        using TextFieldParser parser = new(stream) { Delimiters = [","], HasFieldsEnclosedInQuotes = true };
        string[] titles = Fields(parser, path) ?? throw new DatasetException($"{path}: is empty, expected a line of column names, such as file,label, and a line for each picture.");
        (int file, int label, int part) = Columns(titles, path);
        List<Line> lines = [];
        long number = parser.LineNumber;
        while (Fields(parser, path) is { } fields)
        {
            if (fields.Length != titles.Length)
            {
                throw new DatasetException(string.Create(
                    CultureInfo.InvariantCulture, $"{path}: line {number} has {fields.Length} values, expected {titles.Length} as the first line has; put a value with a comma in double quotes."));
            }

            string name = fields[label];
            if (name.Length == 0 || name.Any(char.IsControl))
            {
                throw new DatasetException(string.Create(CultureInfo.InvariantCulture, $"{path}: line {number} has no class for {fields[file]}; add one, or leave the line out."));
            }

            lines.Add(new Line(number, fields[file], name, part < 0 ? "" : fields[part]));
            number = parser.LineNumber;
        }

        return lines;
    }

    private static string[]? Fields(TextFieldParser parser, string path)
    {
        try
        {
            return parser.ReadFields();
        }
        catch (MalformedLineException wrong)
        {
            throw new DatasetException(string.Create(
                CultureInfo.InvariantCulture, $"{path}: line {parser.ErrorLineNumber} is not comma-separated values; write a double quote in a value twice, and put the value in double quotes."), wrong);
        }
    }

    private static (int File, int Label, int Part) Columns(string[] titles, string path)
    {
        int Find(string[] names) => Array.FindIndex(titles, title => names.Contains(title.Trim(), StringComparer.OrdinalIgnoreCase));
        (int file, int label, int part) = (Find(FileColumns), Find(LabelColumns), Find(PartColumns));
        (file, label) = titles.Length == 2 ? (0, 1) : (file, label);
        bool isPicture = titles.Any(title => Pictures.Formats.PictureFile.IsOne(title));
        return file >= 0 && label >= 0 && !isPicture
            ? (file, label, titles.Length == 2 ? -1 : part)
            : throw new DatasetException(
                $"{path}: the first line is {string.Join(",", titles)}, expected column names with {string.Join(", ", FileColumns)} for the picture and {string.Join(", ", LabelColumns)} for its class; add such a line: file,label.");
    }
}
