using System.Text;
using Microsoft.VisualBasic.FileIO;

namespace ConvNN.App.Output;

/// <summary>Lines of comma-separated values, RFC 4180: how they are written, and read again.</summary>
internal static class Csv
{
    /// <summary>A line, without its end.</summary>
    /// <param name="fields">The values.</param>
    public static string Line(IEnumerable<string> fields) => string.Join(',', fields.Select(Quoted));

    /// <summary>A value as it stands in a line: in quotes where it needs them. A value is part of one line, so what ends lines becomes a space.</summary>
    public static string Quoted(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.AsSpan().IndexOfAny(",\"") < 0 ? line : $"\"{line.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>The lines of a file, of which the first names the columns. A last line without its end, which a kill has cut off, does not count.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is missing, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="MalformedLineException">A line is not of this form.</exception>
    public static IReadOnlyList<string[]> Read(string path)
    {
        using StreamReader file = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        string text = file.ReadToEnd();
        using TextFieldParser parser = new(new MemoryStream(Encoding.UTF8.GetBytes(text[..(text.LastIndexOf('\n') + 1)])), Encoding.UTF8) { Delimiters = [","] };
        List<string[]> lines = [];
        while (parser.ReadFields() is { } fields)
        {
            lines.Add(fields);
        }

        return lines;
    }
}
