using System.Globalization;
using System.Text;

namespace ConvNN.App.Output;

/// <summary>How many columns of a terminal a text takes: a Chinese character or an emoji has two, a combining mark none.</summary>
internal static class Cells
{
    // The blocks that are wide or full width by Unicode's East Asian Width, and the emoji.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115f), (0x2e80, 0x303e), (0x3041, 0xa4cf), (0xa960, 0xa97f), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfe30, 0xfe6f),
        (0xff01, 0xff60), (0xffe0, 0xffe6), (0x1f300, 0x1f64f), (0x1f680, 0x1f6ff), (0x1f900, 0x1faff), (0x20000, 0x3fffd),
    ];

    /// <summary>The columns of a text.</summary>
    public static int Width(string text) => Ascii.IsValid(text) ? text.Length : text.EnumerateRunes().Sum(Width);

    /// <summary>The text with spaces behind it.</summary>
    public static string PadRight(string text, int width) => text + new string(' ', Math.Max(0, width - Width(text)));

    /// <summary>The text with spaces before it.</summary>
    public static string PadLeft(string text, int width) => new string(' ', Math.Max(0, width - Width(text))) + text;

    /// <summary>As much of a text's beginning as fits.</summary>
    public static string Head(string text, int width) => string.Concat(Fitting(text.EnumerateRunes(), width));

    /// <summary>As much of a text's end as fits.</summary>
    public static string Tail(string text, int width) => string.Concat(Fitting(text.EnumerateRunes().Reverse(), width).Reverse());

    private static IEnumerable<Rune> Fitting(IEnumerable<Rune> runes, int width) => runes.TakeWhile(rune => (width -= Width(rune)) >= 0);

    private static int Width(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0
        : Array.Exists(Wide, block => block.First <= rune.Value && rune.Value <= block.Last) ? 2
        : 1;
}
