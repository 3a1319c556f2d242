namespace ConvNN.App.Output;

/// <summary>
/// Breaks a sentence into lines that fit a terminal, the further ones indented below the first one's text: a terminal
/// itself would break in the middle of a word. A word that is too long for any line loses its middle.
/// </summary>
internal static class Fold
{
    /// <summary>A space that no line ends at: between a number and its unit.</summary>
    public const char Tie = '\u00a0';

    /// <summary>Columns of the word that lines begin with.</summary>
    public const int Indent = 8;

    private const string Cut = "…";

    /// <summary>The lines.</summary>
    /// <param name="word">What the first one begins with.</param>
    /// <param name="text">The sentence.</param>
    /// <param name="columns">What fits into a line.</param>
    public static IEnumerable<string> Lines(string word, string text, int columns)
    {
        string line = word.PadRight(Indent - 1);
        bool isEmpty = true;
        foreach (string part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string piece = Shorten(Plain(part), Math.Max(1, columns - Indent));
            if (!isEmpty && Cells.Width(line) + 1 + Cells.Width(piece) > columns)
            {
                yield return line;
                line = new string(' ', Indent - 1);
            }

            line = $"{line} {piece}";
            isEmpty = false;
        }

        yield return line.TrimEnd();
    }

    /// <summary>A text no wider than it may be: its middle goes, since a path's beginning and end say more.</summary>
    public static string Shorten(string text, int length)
    {
        if (Cells.Width(text) <= length)
        {
            return text;
        }

        int tail = (length - Cut.Length) / 2;
        return $"{Cells.Head(text, length - Cut.Length - tail)}{Cut}{Cells.Tail(text, tail)}";
    }

    /// <summary>A text that a terminal does not obey: a file's name may hold an escape sequence.</summary>
    public static string Plain(string text) => string.Concat(text.Select(c => c == Tie || char.IsControl(c) ? ' ' : c));
}
