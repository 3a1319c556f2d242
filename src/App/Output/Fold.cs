namespace ConvNN.App.Output;

/// <summary>
/// Wraps a sentence into lines that fit a terminal, which itself would break in the middle of a word. Later lines are
/// indented below the text of the first one. A word that is too long for any line loses its middle.
/// </summary>
internal static class Fold
{
    /// <summary>A non-breaking space, between a number and its unit.</summary>
    public const char Tie = '\u00a0';

    /// <summary>The width of the leading word.</summary>
    public const int Indent = 8;

    private const string Cut = "…";

    /// <summary>The lines.</summary>
    /// <param name="word">The word with which the first line begins.</param>
    /// <param name="text">The sentence.</param>
    /// <param name="columns">The maximum width of a line.</param>
    public static IEnumerable<string> Lines(string word, string text, int columns)
    {
        string line = word.PadRight(Indent - 1);
        bool isEmpty = true;
        foreach (string part in text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            string piece = Shorten(Plain(part), Math.Max(1, columns - Indent));
            if ((!isEmpty || Cells.Width(word) >= Indent) && Cells.Width(line) + 1 + Cells.Width(piece) > columns)
            {
                yield return line;
                line = new string(' ', Indent - 1);
            }

            line = $"{line} {piece}";
            isEmpty = false;
        }

        yield return line.TrimEnd();
    }

    /// <summary>Wraps those lines that do not fit, each as a word and a sentence.</summary>
    /// <param name="lines">Lines of words, not of a table.</param>
    /// <param name="columns">The maximum width of a line.</param>
    public static IEnumerable<string> Long(IEnumerable<string> lines, int columns) => lines.SelectMany(line =>
        Cells.Width(line) <= columns ? [line]
        : line.Split(' ', 2) is [{ Length: > 0 } word, string text] ? Lines(Shorten(word, columns), text, columns)
        : Lines("", line, columns));

    /// <summary>Shortens a text by cutting out its middle, since the beginning and the end of a path say more.</summary>
    public static string Shorten(string text, int length)
    {
        if (Cells.Width(text) <= length)
        {
            return text;
        }

        int tail = (length - Cut.Length) / 2;
        return $"{Cells.Head(text, length - Cut.Length - tail)}{Cut}{Cells.Tail(text, tail)}";
    }

    /// <summary>A text as it will be printed, so that its width is known.</summary>
    public static string Plain(string text) => PrintedText.Of(text.Replace(Tie, ' '));
}
