using System.Globalization;
using System.Text.Json.Nodes;
using ConvNN.Model.Options;

namespace ConvNN.App.Tests.Configuration;

/// <summary>A value that is tried for an option, and whether it is allowed.</summary>
/// <param name="What">What the value is: an end of the range, a step outside, a wrong type.</param>
/// <param name="Json">The value as a file has it; null for one that JSON cannot write.</param>
/// <param name="Number">The value as code has it, where it is a number.</param>
/// <param name="IsAllowed">Whether it is allowed.</param>
internal sealed record OptionProbe(string What, JsonNode? Json, double? Number, bool IsAllowed)
{
    /// <summary>
    /// The values to try for an option: both ends of its range, one step outside each, NaN, infinity and values of other types;
    /// every word of a choice, and one that is none. They follow from what the option's schema says, and the test holds schema,
    /// program and code to one answer.
    /// </summary>
    /// <param name="option">The option.</param>
    /// <param name="defaults">Options of its class.</param>
    public static IEnumerable<OptionProbe> Of(Option option, object defaults)
    {
        JsonObject schema = option.Schema(defaults);
        JsonObject kind = Kind(schema);
        OptionProbe[] wrong = [new("an object", new JsonObject(), null, false), new("a list", new JsonArray(), null, false)];
        if (kind["enum"] is JsonArray words)
        {
            return
            [
                .. words.Select(word => new OptionProbe($"the word {word}", word!.DeepClone(), null, true)),
                new("no word of these", "nonsense", null, false),
                .. wrong,
            ];
        }

        return (string?)(kind["type"] is JsonArray types ? types[0] : kind["type"]) switch
        {
            "integer" => [.. Integers(kind), new("a fraction", 1.5, null, false), new("a text", "ten", null, false), new("true", true, null, false), .. wrong],
            "number" => [.. Numbers(kind), new("a text", "ten", null, false), new("true", true, null, false), .. wrong],
            "boolean" => [new("true", true, null, true), new("false", false, null, true), new("a text", "perhaps", null, false), new("a number", 1, null, false), .. wrong],
            _ => wrong,
        };
    }

    // Of a value that may also be left out, or be auto, or be a list of two: the kind of a single value.
    private static JsonObject Kind(JsonObject schema) =>
        schema["anyOf"] is JsonArray kinds ? kinds[0]!.AsObject() : schema;

    private static IEnumerable<OptionProbe> Integers(JsonObject kind)
    {
        decimal minimum = End(kind, "minimum"), maximum = End(kind, "maximum");
        yield return new OptionProbe("the smallest", JsonValue.Create(minimum), (double)minimum, true);
        yield return new OptionProbe("the largest", JsonValue.Create(maximum), (double)maximum, true);
        yield return new OptionProbe("one below", JsonValue.Create(minimum - 1), (double)minimum - 1, false);
        yield return new OptionProbe("one above", JsonValue.Create(maximum + 1), (double)maximum + 1, false);
        yield return new OptionProbe("NaN", null, double.NaN, false);
    }

    private static decimal End(JsonObject kind, string key) => decimal.Parse(kind[key]!.ToJsonString(), CultureInfo.InvariantCulture);

    private static IEnumerable<OptionProbe> Numbers(JsonObject kind)
    {
        foreach ((string key, int outward) in ((string, int)[])[("minimum", -1), ("exclusiveMinimum", -1), ("maximum", 1), ("exclusiveMaximum", 1)])
        {
            if (kind[key] is { } bound)
            {
                double end = (double)bound;
                bool isIncluded = !key.StartsWith("exclusive", StringComparison.Ordinal);
                double outside = outward < 0 ? BelowOf(end) : AboveOf(end);
                double inside = outward < 0 ? AboveOf(end) : BelowOf(end);
                yield return new OptionProbe($"its {key}", end, end, isIncluded);
                yield return new OptionProbe($"beyond its {key}", outside, outside, false);
                yield return new OptionProbe($"within its {key}", inside, inside, true);
            }
        }

        yield return new OptionProbe("NaN", "NaN", double.NaN, false);
        yield return new OptionProbe("infinity", "Infinity", double.PositiveInfinity, false);
        yield return new OptionProbe("minus infinity", "-Infinity", double.NegativeInfinity, false);
    }

    // A step that a float sees as well.
    private static double BelowOf(double end) => end - Step(end);

    private static double AboveOf(double end) => end + Step(end);

    private static double Step(double end) => end == 0 ? 1e-30 : Math.Abs(end) * 1e-3;
}
