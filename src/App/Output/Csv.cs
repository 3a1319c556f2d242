using System.Text;
using Microsoft.VisualBasic.FileIO;

namespace ConvNN.App.Output;

/// <summary>Writes and reads comma-separated values, RFC 4180.</summary>
internal static class Csv
{
    /// <summary>A line, without a newline.</summary>
    /// <param name="fields">The values.</param>
    public static string Line(IEnumerable<string> fields) => string.Join(',', fields.Select(Quoted));

    /// <summary>A value as written in a line: quoted if necessary. Newlines and other control characters become spaces.</summary>
    public static string Quoted(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.AsSpan().IndexOfAny(",\"") < 0 ? line : $"\"{line.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>The lines of a file; the first one names the columns. An unterminated last line, left by a kill, is ignored.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is missing, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="MalformedLineException">A line is malformed.</exception>
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
