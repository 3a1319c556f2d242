using System.Globalization;

namespace ConvNN.Model.Options;

/// <summary>The options of one layer, read from text by their <see cref="OptionSpec"/>s: each either valid or its default.</summary>
public sealed class OptionValues
{
    private readonly Dictionary<string, object> _values = new(StringComparer.OrdinalIgnoreCase);

    private OptionValues(IReadOnlyList<OptionSpec> specs)
    {
        foreach (OptionSpec spec in specs)
        {
            if (spec.Default is { } otherwise)
            {
                _values[spec.Name] = otherwise;
            }
        }
    }

    /// <summary>Reads and checks all options; every failure is added to <paramref name="failures"/> with key, value, rule and hint.</summary>
    /// <param name="path">Where the options stand, for messages: <c>Model:Layers:2</c>.</param>
    /// <param name="text">Keys and values as the configuration has them; the elements of a list are joined by commas.</param>
    /// <param name="specs">The options that are known.</param>
    /// <param name="failures">Receives a sentence per failure.</param>
    /// <param name="otherKeys">Keys that stand beside the options and were read already, for hints: <c>Type</c>, <c>Name</c>.</param>
    public static OptionValues Read(
        string path,
        IReadOnlyDictionary<string, string> text,
        IReadOnlyList<OptionSpec> specs,
        ICollection<string> failures,
        params IReadOnlyList<string> otherKeys)
    {
        OptionValues values = new(specs);
        foreach ((string key, string value) in text)
        {
            OptionSpec? spec = specs.FirstOrDefault(s => string.Equals(s.Name, key, StringComparison.OrdinalIgnoreCase));
            if (spec is null)
            {
                failures.Add($"{path}:{key} is not known; {NearestName.Hint(key, [.. specs.Select(s => s.Name), .. otherKeys])}");
            }
            else if (Parse(spec, value) is { } parsed)
            {
                values._values[spec.Name] = parsed;
            }
            else
            {
                failures.Add($"{path}:{spec.Name} is {ShownValue.Of(value)}; {Rule(spec)}.");
            }
        }

        foreach (OptionSpec missing in specs.Where(s => s.IsRequired && !text.Keys.Contains(s.Name, StringComparer.OrdinalIgnoreCase)))
        {
            failures.Add($"{path}:{missing.Name} is missing; {Rule(missing)} ({missing.Description}).");
        }

        return values;
    }

    /// <summary>The value of an option, or its default; null where it has none.</summary>
    public T Get<T>(string name) => _values.TryGetValue(name, out object? value) ? (T)value : default!;

    private static object? Parse(OptionSpec spec, string text)
    {
        switch (spec.Kind)
        {
            case OptionKind.Integer:
                return Integer(spec, text);
            case OptionKind.Number:
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && IsInRange(spec, number) ? number : null;
            case OptionKind.Boolean:
                return bool.TryParse(text, out bool flag) ? flag : null;
            case OptionKind.Choice:
                return spec.Choices.FirstOrDefault(choice => string.Equals(choice, text, StringComparison.OrdinalIgnoreCase));
            default:
                int?[] sides = [.. text.Split(',').Select(side => Integer(spec, side))];
                return sides switch
                {
                    [int both] => new Size2d(both, both),
                    [int height, int width] => new Size2d(height, width),
                    _ => null,
                };
        }
    }

    private static int? Integer(OptionSpec spec, string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int whole)
        && IsInRange(spec, whole) ? whole : null;

    private static bool IsInRange(OptionSpec spec, double number) =>
        number >= spec.Minimum && (spec.IsMaximumExcluded ? number < spec.Maximum : number <= spec.Maximum);

    private static string Rule(OptionSpec spec) => spec.Kind switch
    {
        OptionKind.Integer => string.Create(CultureInfo.InvariantCulture, $"it must be a whole number between {spec.Minimum} and {spec.Maximum}"),
        OptionKind.Number => string.Create(CultureInfo.InvariantCulture, $"it must be a number of at least {spec.Minimum} and below {spec.Maximum}"),
        OptionKind.Boolean => "it must be true or false",
        OptionKind.Choice => $"it must be one of {string.Join(", ", spec.Choices)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"it must be a whole number between {spec.Minimum} and {spec.Maximum}, or two of them as [height, width]"),
    };
}
