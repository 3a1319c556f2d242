using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvNN.Model.Options;

/// <summary>The kinds of values that options hold.</summary>
public static class ValueKinds
{
    private const string AutoWord = "auto";
    private const double MinSeconds = 0.001;
    private const double MaxSeconds = 86_400;

    // In JSON, 3 may also be written as 3.0 or 3e0.
    private const NumberStyles WholeNumber = NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite
        | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>A whole number of at least 1.</summary>
    public static ValueKind<int> Count { get; } = Integer(1);

    /// <summary>A fraction: a number of at least 0 and below 1.</summary>
    public static ValueKind<double> Share { get; } = Number(NumberRange.AtLeast(0).Below(1));

    /// <summary>An unsigned 64-bit integer.</summary>
    public static ValueKind<ulong> Seed { get; } = new(
        () => $"it must be a whole number from 0 to {ulong.MaxValue}",
        (string text, out ulong value) => ulong.TryParse(text, WholeNumber, CultureInfo.InvariantCulture, out value),
        _ => true,
        value => value,
        () => new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = ulong.MaxValue });

    /// <summary>A number of bytes, at least 1.</summary>
    public static ValueKind<long> Bytes { get; } = new(
        () => "it must be a whole number of bytes, at least 1",
        (string text, out long value) => long.TryParse(text, WholeNumber, CultureInfo.InvariantCulture, out value),
        value => value >= 1,
        value => value,
        () => new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = long.MaxValue });

    /// <summary>A time in seconds, from a millisecond to a day.</summary>
    public static ValueKind<TimeSpan> Seconds { get; } = new(
        () => "it must be a number of seconds between 0.001 and 86,400",
        (string text, out TimeSpan value) =>
        {
            bool isTime = TryParseNumber(text, out double seconds) && Math.Abs(seconds) <= TimeSpan.MaxValue.TotalSeconds / 2;
            value = isTime ? TimeSpan.FromSeconds(seconds) : default;
            return isTime;
        },
        value => value.TotalSeconds is >= MinSeconds and <= MaxSeconds,
        value => value.TotalSeconds,
        () => new JsonObject { ["type"] = "number", ["minimum"] = MinSeconds, ["maximum"] = MaxSeconds });

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static ValueKind<bool> Boolean { get; } = new(
        () => "it must be true or false",
        bool.TryParse,
        _ => true,
        value => value,
        () => new JsonObject { ["type"] = "boolean" });

    /// <summary>A whole number between <paramref name="minimum"/> and <paramref name="maximum"/>.</summary>
    /// <param name="minimum">The smallest.</param>
    /// <param name="maximum">The largest.</param>
    public static ValueKind<int> Integer(int minimum, int maximum = int.MaxValue) => new(
        () => maximum == int.MaxValue
            ? Text($"it must be a whole number of at least {minimum}")
            : Text($"it must be a whole number between {minimum} and {Shown(maximum)}"),
        TryParseInteger,
        value => value >= minimum && value <= maximum,
        value => value,
        () => new JsonObject { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum });

    /// <summary>A number in a range.</summary>
    /// <param name="range">The range.</param>
    public static ValueKind<double> Number(NumberRange range) => new(
        () => $"it must be a number {range}",
        TryParseNumber,
        range.Contains,
        value => value,
        range.Schema);

    /// <summary>A height and a width, each at least <paramref name="minimum"/>: one whole number for both, or a list of two.</summary>
    /// <param name="minimum">The smallest.</param>
    public static ValueKind<Size2d> Size(int minimum)
    {
        ValueKind<int> side = Integer(minimum);
        return new ValueKind<Size2d>(
            () => $"{side.Rule}, or a pair of them as [height, width]",
            (string text, out Size2d value) =>
            {
                int?[] sides = [.. text.Split(',').Select(part => TryParseInteger(part, out int whole) ? whole : (int?)null)];
                value = sides switch
                {
                    [int both] => new Size2d(both, both),
                    [int height, int width] => new Size2d(height, width),
                    _ => default,
                };
                return sides is [int] or [int, int];
            },
            value => value.Height >= minimum && value.Width >= minimum,
            value => value.Height == value.Width ? value.Height : new JsonArray(value.Height, value.Width),
            () => new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    side.Schema(),
                    new JsonObject { ["description"] = "[height, width]", ["type"] = "array", ["items"] = side.Schema(), ["minItems"] = 2, ["maxItems"] = 2 }),
            });
    }

    /// <summary>A path; null if not given.</summary>
    public static ValueKind<string?> Path { get; } = OptionalText(
        "it must be a path without control characters",
        text => text.Length > 0 && !text.Any(char.IsControl),
        () => new JsonObject { ["minLength"] = 1 });

    /// <summary>A URL; null if not given.</summary>
    /// <param name="isAllowed">Whether a URL is allowed.</param>
    /// <param name="rule">What it must be, as the end of a sentence.</param>
    public static ValueKind<Uri?> Address(Func<Uri, bool> isAllowed, string rule) => new(
        () => rule,
        (string text, out Uri? value) => Uri.TryCreate(text, UriKind.Absolute, out value),
        value => value is null || isAllowed(value),
        value => value?.AbsoluteUri,
        () => new JsonObject { ["type"] = new JsonArray("string", "null"), ["pattern"] = "^https?://" });

    /// <summary>A text that satisfies a rule; null if not given.</summary>
    /// <param name="rule">What it must be, as the end of a sentence.</param>
    /// <param name="isAllowed">Whether a text satisfies the rule.</param>
    /// <param name="schema">The JSON schema, except its type.</param>
    public static ValueKind<string?> OptionalText(string rule, Func<string, bool> isAllowed, Func<JsonObject>? schema = null) => new(
        () => rule,
        (string text, out string? value) =>
        {
            value = text;
            return true;
        },
        value => value is null || isAllowed(value),
        value => value,
        () => Nullable(WithType(schema?.Invoke() ?? [], "string")));

    /// <summary>A text that satisfies a rule.</summary>
    /// <param name="rule">What it must be, as the end of a sentence.</param>
    /// <param name="isAllowed">Whether a text satisfies the rule.</param>
    /// <param name="schema">The JSON schema, except its type.</param>
    public static ValueKind<string> RequiredText(string rule, Func<string, bool> isAllowed, Func<JsonObject> schema) => new(
        () => rule,
        (string text, out string value) =>
        {
            value = text;
            return true;
        },
        value => value is not null && isAllowed(value),
        value => value,
        () => WithType(schema(), "string"));

    /// <summary>One of several words; null if not given.</summary>
    /// <param name="words">Returns the words; called each time, since a registered type may add one.</param>
    public static ValueKind<string?> OptionalWord(Func<IReadOnlyCollection<string>> words) => new(
        () => $"it must be one of {string.Join(", ", words())}",
        (string text, out string? value) => (value = Find(words(), text)) is not null,
        value => value is null || words().Contains(value),
        value => value,
        () => Nullable(WordSchema.OneOf(words())));

    /// <summary>One of several words.</summary>
    /// <param name="words">The words.</param>
    public static ValueKind<string> Word(IReadOnlyCollection<string> words) => new(
        () => $"it must be one of {string.Join(", ", words)}",
        (string text, out string value) => (value = Find(words, text)!) is not null,
        words.Contains,
        value => value,
        () => WordSchema.OneOf(words));

    /// <summary>One of several words that stand for values.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="words">The words.</param>
    public static ValueKind<T> Word<T>(IReadOnlyDictionary<string, T> words) => new(
        () => $"it must be one of {string.Join(", ", words.Keys)}",
        (string text, out T value) =>
        {
            string? word = Find([.. words.Keys], text);
            value = word is null ? default! : words[word];
            return word is not null;
        },
        value => words.Values.Contains(value),
        value => words.First(word => EqualityComparer<T>.Default.Equals(word.Value, value)).Key,
        () => WordSchema.OneOf([.. words.Keys]));

    /// <summary>An optional value; null if not given.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="kind">The kind of a value that is not null.</param>
    public static ValueKind<T?> OrNull<T>(ValueKind<T> kind)
        where T : struct => new(
            () => kind.Rule,
            Maybe(kind),
            value => value is not { } given || kind.IsAllowed(given),
            value => value is { } given ? kind.ToJson(given) : null,
            () => Nullable(kind.Schema()));

    /// <summary>A value, or <c>auto</c> for null.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="kind">The kind of a value that is not null.</param>
    public static ValueKind<T?> Auto<T>(ValueKind<T> kind)
        where T : struct
    {
        TryParse<T?> maybe = Maybe(kind);
        return new ValueKind<T?>(
            () => $"{kind.Rule}, or {AutoWord}",
            (string text, out T? value) => maybe(text, out value) || IsWord(text, AutoWord),
            value => value is not { } given || kind.IsAllowed(given),
            value => value is { } given ? kind.ToJson(given) : AutoWord,
            () => AnyOf(kind.Schema(), WordSchema.OneOf([AutoWord])));
    }

    // Parses like the kind; a text that it rejects gives null.
    private static TryParse<T?> Maybe<T>(ValueKind<T> kind)
        where T : struct => (string text, out T? value) =>
        {
            bool isValue = kind.TryRead(text, out T parsed);
            value = isValue ? parsed : null;
            return isValue;
        };

    private static JsonObject Nullable(JsonObject schema)
    {
        if (schema["type"] is JsonValue type)
        {
            schema["type"] = new JsonArray(type.DeepClone(), "null");
            return schema;
        }

        return AnyOf(schema, new JsonObject { ["type"] = "null" });
    }

    // Flat, since readers of a schema look at its alternatives one by one.
    private static JsonObject AnyOf(params IEnumerable<JsonObject> schemas) => new()
    {
        ["anyOf"] = new JsonArray([.. schemas.SelectMany(schema => schema["anyOf"] is JsonArray kinds ? (IEnumerable<JsonNode?>)kinds : [schema]).Select(kind => kind!.DeepClone())]),
    };

    private static JsonObject WithType(JsonObject schema, string type)
    {
        schema.Insert(0, "type", type);
        return schema;
    }

    private static bool TryParseInteger(string text, out int value) => int.TryParse(text, WholeNumber, CultureInfo.InvariantCulture, out value);

    private static bool TryParseNumber(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static string? Find(IEnumerable<string> words, string text) => words.FirstOrDefault(word => IsWord(text, word));

    private static bool IsWord(string text, string word) => string.Equals(text.Trim(), word, StringComparison.OrdinalIgnoreCase);

    private static string Shown(int number) => number.ToString(number < 10_000 ? "D" : "N0", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
