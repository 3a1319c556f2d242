using System.Globalization;
using ConvNN.App.Faults;
using ConvNN.Kernels.Functions;
using ConvNN.Model.Options;
using ConvNN.Model.Randomness;

namespace ConvNN.App.Commands.Sweep;

/// <summary>A varied key of a sweep: <c>KEY=V1,V2</c>, or a range <c>KEY=LOW..HIGH</c> from which values are drawn.</summary>
/// <param name="Key">The key, as <c>--set</c> takes it.</param>
/// <param name="Values">The values; empty for a range.</param>
internal sealed record Variation(string Key, IReadOnlyList<string> Values)
{
    private const string RangeMark = "..";

    // A range of at least one order of magnitude is sampled logarithmically.
    private const double LogarithmicFrom = 10;

    /// <summary>The limits of a range, and whether it holds whole numbers; null if there are <see cref="Values"/>.</summary>
    public (double Low, double High, bool IsWhole)? Range { get; private init; }

    /// <summary>
    /// Reads a variation. Values are separated by commas, or by semicolons if there are any, since a value may itself be a list:
    /// <c>Kernel=3;3,5</c>.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <exception cref="UsageException">It has no key or no values, or its range is empty.</exception>
    public static Variation Parse(string text)
    {
        int end = text.IndexOf('=', StringComparison.Ordinal);
        string key = (end < 0 ? text : text[..end]).Trim();
        string list = end < 0 ? "" : text[(end + 1)..].Trim();
        if (key.Length == 0 || list.Length == 0)
        {
            throw new UsageException($"--vary {ShownValue.Of(text)} has no {(key.Length == 0 ? "key" : "values")}; write --vary KEY=V1,V2, such as --vary Training:LearningRate=0.03,0.1.");
        }

        return list.Split(RangeMark) is [string low, string high] && TryParse(low, out double from) && TryParse(high, out double to)
            ? from < to
                ? new Variation(key, []) { Range = (from, to, IsWhole(low) && IsWhole(high)) }
                : throw new UsageException($"--vary {text}: a range goes from low to high, such as {key}=0.001..0.1.")
            : new Variation(key, [.. list.Split(list.Contains(';', StringComparison.Ordinal) ? ';' : ',', StringSplitOptions.TrimEntries).Distinct()]);
    }

    /// <summary>Draws a value. A positive range whose upper limit is at least ten times the lower is sampled log-uniformly.</summary>
    /// <param name="random">The stream; one number is used.</param>
    public string Draw(RandomStream random)
    {
        if (Range is not { } range)
        {
            return Values[random.Below(0, Values.Count)];
        }

        double share = random.Uniform(0);
        double high = range.IsWhole ? range.High + 1 : range.High;
        double value = range.Low > 0 && range.High >= LogarithmicFrom * range.Low
            ? Elementary.Exp(Elementary.Log(range.Low) + (share * (Elementary.Log(high) - Elementary.Log(range.Low))))
            : range.Low + (share * (high - range.Low));

        // More than four digits would make no measurable difference.
        value = range.IsWhole ? Math.Floor(value) : double.Parse(value.ToString("G4"));
        return Math.Clamp(value, range.Low, range.High).ToString();
    }

    /// <summary>A key without its section.</summary>
    public static string ShortKeyOf(string key)
    {
        const string Layers = "Model:Layers:";
        return key.StartsWith(Layers, StringComparison.OrdinalIgnoreCase) ? key[Layers.Length..] : key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, null, out value) && double.IsFinite(value);

    private static bool IsWhole(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, null, out _);
}
