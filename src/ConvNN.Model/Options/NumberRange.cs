using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvNN.Model.Options;

/// <summary>A range of numbers between two bounds. NaN and infinity are in no range.</summary>
public sealed record NumberRange
{
    private readonly double _low;
    private readonly bool _hasLow;

    private NumberRange(double low, bool hasLow)
    {
        _low = low;
        _hasLow = hasLow;
    }

    private double High { get; init; } = double.PositiveInfinity;

    private bool HasHigh { get; init; }

    private bool IsFloat { get; init; }

    /// <summary>
    /// The same range for numbers that become floats: as a float, a number must still be finite and above an exclusive bound.
    /// </summary>
    public NumberRange AsFloat => this with { IsFloat = true };

    /// <summary>Numbers of at least a bound.</summary>
    /// <param name="bound">The smallest number.</param>
    public static NumberRange AtLeast(double bound) => new(bound, hasLow: true);

    /// <summary>Numbers above a bound.</summary>
    /// <param name="bound">The bound (exclusive).</param>
    public static NumberRange Above(double bound) => new(bound, hasLow: false);

    /// <summary>The same range, limited to numbers of at most a bound.</summary>
    /// <param name="bound">The largest number.</param>
    public NumberRange AtMost(double bound) => this with { High = bound, HasHigh = true };

    /// <summary>The same range, limited to numbers below a bound.</summary>
    /// <param name="bound">The bound (exclusive).</param>
    public NumberRange Below(double bound) => this with { High = bound };

    /// <summary>Whether the range contains a number.</summary>
    public bool Contains(double number) =>
        double.IsFinite(number)
        && (_hasLow ? number >= _low : number > _low)
        && (HasHigh ? number <= High : number < High)
        && (!IsFloat || (float.IsFinite((float)number) && (_hasLow || (float)number > _low)));

    /// <summary>The JSON schema of the range.</summary>
    public JsonObject Schema()
    {
        JsonObject schema = new() { ["type"] = "number", [_hasLow ? "minimum" : "exclusiveMinimum"] = _low };
        if (double.IsFinite(High))
        {
            schema[HasHigh ? "maximum" : "exclusiveMaximum"] = High;
        }

        return schema;
    }

    /// <summary>The range as the end of a sentence: <c>of at least 0 and below 1</c>.</summary>
    public override string ToString()
    {
        string high = !double.IsFinite(High) ? "" : HasHigh ? $" and at most {Shown(High)}" : $" and below {Shown(High)}";
        return $"{(_hasLow ? "of at least" : "above")} {Shown(_low)}{(IsFloat ? " (also as a 32-bit float)" : "")}{high}";
    }

    private static string Shown(double number) =>
        number.ToString(Math.Abs(number) is >= 10_000 and < 1e15 && number == Math.Floor(number) ? "N0" : "R", CultureInfo.InvariantCulture);
}
