using System.Globalization;
using System.Text.Json.Nodes;
using ConvNN.Data.Cache;

namespace ConvNN.App.Configuration;

/// <summary>The kinds of values that settings hold.</summary>
internal static class ValueKinds
{
    private const string AutoWord = "auto";
    private const double MinSeconds = 0.001;
    private const double MaxSeconds = 86_400;
    private const int MaxNameLength = 64;
    private const NumberStyles WholeNumber = NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    /// <summary>A whole number from 1 on.</summary>
    public static ValueKind<int> Count { get; } = new(
        "it must be a whole number of at least 1",
        (string text, out int value) => TryParseInteger(text, out value) && value >= 1,
        value => value,
        new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = int.MaxValue });

    /// <summary>A whole number of 64 bits, without a sign.</summary>
    public static ValueKind<ulong> Seed { get; } = new(
        "it must be a whole number from 0 to 18446744073709551615",
        (string text, out ulong value) => ulong.TryParse(text, WholeNumber, CultureInfo.InvariantCulture, out value),
        value => value,
        new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = ulong.MaxValue });

    /// <summary>A time in seconds, from a millisecond to a day.</summary>
    public static ValueKind<TimeSpan> Seconds { get; } = new(
        "it must be a number of seconds between 0.001 and 86,400",
        (string text, out TimeSpan value) =>
        {
            bool isValid = TryParseNumber(text, out double seconds) && seconds is >= MinSeconds and <= MaxSeconds;
            value = isValid ? TimeSpan.FromSeconds(seconds) : default;
            return isValid;
        },
        value => value.TotalSeconds,
        new JsonObject { ["type"] = "number", ["minimum"] = MinSeconds, ["maximum"] = MaxSeconds });

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static ValueKind<bool> Boolean { get; } = new(
        "it must be true or false",
        (string text, out bool value) => bool.TryParse(text, out value),
        value => value,
        new JsonObject { ["type"] = "boolean" });

    /// <summary>A number of bytes, from 1 on.</summary>
    public static ValueKind<long> Bytes { get; } = new(
        "it must be a whole number of bytes, at least 1",
        (string text, out long value) => long.TryParse(text, WholeNumber, CultureInfo.InvariantCulture, out value) && value >= 1,
        value => value,
        new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = long.MaxValue });

    /// <summary>A folder of the web that files are fetched from; null where none was given.</summary>
    public static ValueKind<Uri?> Mirror { get; } = new(
        "it must be an https address of a folder, or an http one on this machine",
        (string text, out Uri? value) => Uri.TryCreate(text, UriKind.Absolute, out value) && DatasetOptions.IsAllowed(value),
        value => value?.AbsoluteUri,
        new JsonObject { ["type"] = new JsonArray("string", "null"), ["pattern"] = "^https?://" });

    /// <summary>A path; null where none was given.</summary>
    public static ValueKind<string?> Path { get; } = new(
        "it must be a path, without control characters",
        (string text, out string? value) =>
        {
            value = text;
            return text.Length > 0 && !text.Any(char.IsControl);
        },
        value => value,
        new JsonObject { ["type"] = new JsonArray("string", "null"), ["minLength"] = 1 });

    /// <summary>A text, checked by the options class that it goes into; null where none was given.</summary>
    public static ValueKind<string?> Text { get; } = new(
        "it must be a text",
        (string text, out string? value) =>
        {
            value = text;
            return true;
        },
        value => value,
        new JsonObject { ["type"] = new JsonArray("string", "null") });

    /// <summary>A name that can be part of a file's.</summary>
    public static ValueKind<string> FileName { get; } = new(
        "it must have 1 to 64 letters, digits, _, - or points, and begin with a letter or digit, since folders are called by it",
        (string text, out string value) =>
        {
            value = text;
            return text.Length is >= 1 and <= MaxNameLength
                && char.IsAsciiLetterOrDigit(text[0])
                && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
        },
        value => value,
        new JsonObject { ["type"] = "string", ["pattern"] = "^[A-Za-z0-9][A-Za-z0-9_.-]*$", ["maxLength"] = MaxNameLength });

    /// <summary>A whole number. Its range is checked by the options class that it goes into.</summary>
    public static ValueKind<int> Integer(int minimum, int maximum) => new(
        $"it must be a whole number between {minimum.ToString(CultureInfo.InvariantCulture)} and {maximum.ToString(maximum < 10_000 ? "D" : "N0", CultureInfo.InvariantCulture)}",
        TryParseInteger,
        value => value,
        new JsonObject { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum });

    /// <summary>A finite number. Its range is for the schema; the options class that it goes into checks it.</summary>
    public static ValueKind<double> Number(double above, double maximum) => new(
        "it must be a finite number, with a point where it has decimals",
        TryParseNumber,
        value => value,
        new JsonObject { ["type"] = "number", ["exclusiveMinimum"] = above, ["maximum"] = maximum });

    /// <summary>A value that may be left out: null where none was given.</summary>
    public static ValueKind<T?> OrNull<T>(ValueKind<T> kind)
        where T : struct
    {
        JsonObject schema = (JsonObject)kind.Schema.DeepClone();
        schema["type"] = new JsonArray(schema["type"]!.DeepClone(), "null");
        return new ValueKind<T?>(
            kind.Rule,
            (string text, out T? value) =>
            {
                bool isValue = kind.TryParse(text, out T parsed);
                value = isValue ? parsed : null;
                return isValue;
            },
            value => value is { } given ? kind.ToJson(given) : null,
            schema);
    }

    /// <summary>A value, or <c>auto</c> for null.</summary>
    public static ValueKind<T?> Auto<T>(ValueKind<T> kind)
        where T : struct =>
        new(
            $"{kind.Rule}, or {AutoWord}",
            (string text, out T? value) =>
            {
                bool isValue = kind.TryParse(text, out T parsed);
                value = isValue ? parsed : null;
                return isValue || IsWord(text, AutoWord);
            },
            value => value is { } given ? kind.ToJson(given) : AutoWord,
            new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["const"] = AutoWord }, kind.Schema.DeepClone()) });

    /// <summary>One of a few words.</summary>
    public static ValueKind<string> Word(params IReadOnlyCollection<string> words) => new(
        $"it must be one of {string.Join(", ", words)}",
        (string text, out string value) =>
        {
            value = words.FirstOrDefault(word => IsWord(text, word)) ?? "";
            return value.Length > 0;
        },
        value => value,
        new JsonObject { ["enum"] = new JsonArray([.. words.Select(word => JsonValue.Create(word))]) });

    /// <summary>One of a few words that stand for values.</summary>
    public static ValueKind<T> Word<T>(IReadOnlyDictionary<string, T> words)
    {
        ValueKind<string> kind = Word([.. words.Keys]);
        return new ValueKind<T>(
            kind.Rule,
            (string text, out T value) =>
            {
                bool isWord = kind.TryParse(text, out string word);
                value = isWord ? words[word] : default!;
                return isWord;
            },
            value => words.First(word => EqualityComparer<T>.Default.Equals(word.Value, value)).Key,
            kind.Schema);
    }

    private static bool TryParseInteger(string text, out int value) => int.TryParse(text, WholeNumber, CultureInfo.InvariantCulture, out value);

    private static bool TryParseNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static bool IsWord(string text, string word) => string.Equals(text.Trim(), word, StringComparison.OrdinalIgnoreCase);
}
