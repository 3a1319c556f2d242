using System.Globalization;
using System.Text;

namespace ConvNN.App.Output;

/// <summary>
/// How a text looks on a terminal. Class names, folders and files of others may hold sequences that move the cursor, hide text or
/// turn its direction; <see cref="LineWriter"/> sends every line through here.
/// </summary>
internal static class PrintedText
{
    /// <summary>The text with each control or format character as JSON writes it: <c>\u001b</c>.</summary>
    public static string Of(string text) => Ascii.IsValid(text) && !text.Any(char.IsControl)
        ? text
        : string.Concat(text.EnumerateRunes().Select(rune => IsShown(rune) ? rune.ToString() : Escaped(rune)));

    /// <summary>Whether a character is printed as it is.</summary>
    public static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>A character as JSON escapes it.</summary>
    public static string Escaped(Rune rune) => string.Concat(rune.ToString().Select(unit => $"\\u{(int)unit:x4}"));
}
