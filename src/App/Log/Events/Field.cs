using System.Text.Json.Nodes;

namespace ConvNN.App.Log.Events;

/// <summary>One value of an event, under the same key in every log format.</summary>
/// <param name="Key">The key: lower case, words joined by <c>_</c>, the unit at its end.</param>
/// <param name="Value">Text, a whole number, a <see langword="double"/> or a <see langword="bool"/>; null if there is none.</param>
internal readonly record struct Field(string Key, object? Value)
{
    /// <summary>The value as a file of figures has it, with enough digits to be read back as the same number; empty if there is none.</summary>
    public string Text => Value switch
    {
        bool isTrue => isTrue ? "true" : "false",
        null => "",
        _ => Convert.ToString(Value) ?? "",
    };

    /// <summary>Fields as an object of JSON: numbers are numbers, and what is unknown or not finite is null.</summary>
    /// <param name="fields">The fields.</param>
    public static JsonObject ObjectOf(IEnumerable<Field> fields) => new(fields.Select(field => KeyValuePair.Create(field.Key, field.Json)));

    /// <summary>A time in seconds, to the millisecond.</summary>
    public static Field Seconds(string key, TimeSpan time) => new(key, Math.Round(time.TotalSeconds, 3));

    /// <summary>A measured speed, rounded to whole images.</summary>
    public static Field Speed(double imagesPerSecond) => new("images_per_second", Math.Round(imagesPerSecond));

    /// <summary>A measured fraction, rounded to a thousandth.</summary>
    public static Field Share(string key, double share) => new(key, Math.Round(share, 3));

    private JsonNode? Json => Value switch
    {
        null => null,
        bool isTrue => isTrue,
        int number => number,
        long number => number,
        ulong number => number,
        double number => double.IsFinite(number) ? number : null,
        _ => Value.ToString(),
    };
}
