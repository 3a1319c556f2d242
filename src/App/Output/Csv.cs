using System.Globalization;
using System.Text;
using ConvNN.Files;

namespace ConvNN.App.Output;

/// <summary>Writes and reads comma-separated values, RFC 4180, whose fields have no newlines.</summary>
internal static class Csv
{
    private const int MaxBytes = 1 << 26;

    // Spreadsheets take a field with such a first character for a formula, unless this mark comes before it.
    private const string FormulaStarts = "=+-@";
    private const char TextMark = '\'';

    /// <summary>A line, without a newline.</summary>
    /// <param name="fields">The values.</param>
    public static string Line(IEnumerable<string> fields) => string.Join(',', fields.Select(Quoted));

    /// <summary>
    /// A value as written in a line: quoted if necessary, and marked as text where a spreadsheet would run it as a formula. Newlines
    /// and other control characters become spaces.
    /// </summary>
    public static string Quoted(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        if (IsFormula(line.TrimStart(TextMark)) && !double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            line = TextMark + line;
        }

        return line.AsSpan().IndexOfAny(",\"") < 0 ? line : $"\"{line.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>The lines of a file; the first one names the columns. An unterminated last line, left by a kill, is ignored.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is missing, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidDataException">A line is malformed.</exception>
    public static IReadOnlyList<string[]> Read(string path)
    {
        string text = RegularFile.ReadAllText(path, MaxBytes);
        List<string[]> lines = [];
        string[] whole = text.Split('\n')[..^1];
        foreach ((int index, string line) in whole.Index().Where(line => line.Item is not ("" or "\r")))
        {
            lines.Add(Fields(line.TrimEnd('\r'), index + 1));
        }

        return lines;
    }

    private static string[] Fields(string line, int number)
    {
        List<string> fields = [];
        StringBuilder field = new();
        bool isQuoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            bool isQuote = line[i] == '"';
            if (isQuote && isQuoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append(line[i++]);
            }
            else if (isQuote)
            {
                isQuoted = !isQuoted;
            }
            else if (line[i] == ',' && !isQuoted)
            {
                fields.Add(Text(field));
            }
            else
            {
                field.Append(line[i]);
            }
        }

        fields.Add(Text(field));
        return isQuoted ? throw new InvalidDataException($"line {number} has a quote without its end") : [.. fields];
    }

    private static string Text(StringBuilder field)
    {
        string text = field.ToString();
        field.Clear();
        return text is [TextMark, .. string rest] && IsFormula(rest.TrimStart(TextMark)) ? rest : text;
    }

    private static bool IsFormula(string text) => text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal);
}
