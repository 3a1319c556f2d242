using System.Globalization;

namespace ConvNN.App.Configuration;

/// <summary>The kinds of values that settings hold.</summary>
internal static class ValueKinds
{
    private const string AutoWord = "auto";
    private const NumberStyles WholeNumber = NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    /// <summary>A whole number.</summary>
    public static ValueKind<int> Integer { get; } = new(
        "it must be a whole number",
        (string text, out int value) => int.TryParse(text, WholeNumber, CultureInfo.InvariantCulture, out value));

    /// <summary>A whole number from 1 on.</summary>
    public static ValueKind<int> Count { get; } = new(
        "it must be a whole number of at least 1",
        (string text, out int value) => Integer.TryParse(text, out value) && value >= 1);

    /// <summary>A whole number of 64 bits, without a sign.</summary>
    public static ValueKind<ulong> Seed { get; } = new(
        "it must be a whole number from 0 to 18446744073709551615",
        (string text, out ulong value) => ulong.TryParse(text, WholeNumber, CultureInfo.InvariantCulture, out value));

    /// <summary>A finite number.</summary>
    public static ValueKind<double> Number { get; } = new(
        "it must be a finite number, with a point where it has decimals",
        (string text, out double value) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value));

    /// <summary>A time in seconds, from a millisecond to a day.</summary>
    public static ValueKind<TimeSpan> Seconds { get; } = new(
        "it must be a number of seconds between 0.001 and 86,400",
        (string text, out TimeSpan value) =>
        {
            bool isValid = Number.TryParse(text, out double seconds) && seconds is >= 0.001 and <= 86_400;
            value = isValid ? TimeSpan.FromSeconds(seconds) : default;
            return isValid;
        });

    /// <summary>A path.</summary>
    public static ValueKind<string> Path { get; } = new(
        "it must be a path, without control characters",
        (string text, out string value) =>
        {
            value = text;
            return text.Length > 0 && !text.Any(char.IsControl);
        });

    /// <summary>A name that can be part of a file's.</summary>
    public static ValueKind<string> FileName { get; } = new(
        "it must have 1 to 64 letters, digits, _, - or points, and begin with a letter or digit, since folders are called by it",
        (string text, out string value) =>
        {
            value = text;
            return text.Length is >= 1 and <= 64
                && char.IsAsciiLetterOrDigit(text[0])
                && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
        });

    /// <summary>A value, or <c>auto</c> for null.</summary>
    public static ValueKind<T?> Auto<T>(ValueKind<T> kind)
        where T : struct =>
        new($"{kind.Rule}, or {AutoWord}", (string text, out T? value) =>
        {
            bool isValue = kind.TryParse(text, out T parsed);
            value = isValue ? parsed : null;
            return isValue || IsWord(text, AutoWord);
        });

    /// <summary>One of a few words.</summary>
    public static ValueKind<string> Word(params IReadOnlyCollection<string> words) => new(
        $"it must be one of {string.Join(", ", words)}",
        (string text, out string value) =>
        {
            value = words.FirstOrDefault(word => IsWord(text, word)) ?? "";
            return value.Length > 0;
        });

    /// <summary>One of a few words that stand for values.</summary>
    public static ValueKind<T> Word<T>(IReadOnlyDictionary<string, T> words)
    {
        ValueKind<string> kind = Word([.. words.Keys]);
        return new ValueKind<T>(kind.Rule, (string text, out T value) =>
        {
            bool isWord = kind.TryParse(text, out string word);
            value = isWord ? words[word] : default!;
            return isWord;
        });
    }

    private static bool IsWord(string text, string word) => string.Equals(text.Trim(), word, StringComparison.OrdinalIgnoreCase);
}
