using System.Globalization;
using System.Text.RegularExpressions;
using ConvNN.App.Faults;

namespace ConvNN.App.Commands.Models;

/// <summary>A comparison that a run must pass: <c>accuracy &gt; 0.99</c>. A run whose value is unknown passes none.</summary>
/// <param name="column">The column.</param>
/// <param name="comparison">The operator.</param>
/// <param name="value">What is compared with.</param>
internal sealed partial class RunFilter(RunColumn column, string comparison, string value)
{
    private const string Expected = "expected a column, one of = != < <= > >= and a value: --where \"accuracy > 0.99\"";

    /// <summary>The column.</summary>
    public RunColumn Column => column;

    /// <summary>Reads a comparison.</summary>
    /// <param name="text">The comparison.</param>
    /// <exception cref="UsageException">It cannot be understood.</exception>
    public static RunFilter Parse(string text)
    {
        if (Comparison().Match(text) is not { Success: true } match)
        {
            throw new UsageException($"--where '{text}' is not a comparison; {Expected}.");
        }

        RunColumn column = RunColumn.Find(match.Groups["column"].Value, "--where");
        string value = match.Groups["value"].Value;
        return column.IsWord || Number(value) is not null
            ? new RunFilter(column, match.Groups["operator"].Value, value)
            : throw new UsageException($"--where '{text}': '{value}' is not a number, as {column.Name} is; {Expected}.");
    }

    /// <summary>Whether a run passes.</summary>
    public bool Passes(RunFacts run)
    {
        if (column.Text(run) is not { Length: > 0 } text)
        {
            return false;
        }

        int order = column.IsWord ? string.Compare(text, value, StringComparison.OrdinalIgnoreCase) : column.Number(run)!.Value.CompareTo(Number(value)!.Value);
        return comparison switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            ">=" => order >= 0,
            "!=" => order != 0,
            _ => order == 0,
        };
    }

    // Accuracies are fractions of 1, as in all files, but people also write 99 %.
    private static double? Number(string text) =>
        !double.TryParse(text.TrimEnd('%', ' '), NumberStyles.Float, null, out double number) ? null
        : text.EndsWith('%') ? number / 100
        : number;

    [GeneratedRegex("^\\s*(?<column>\\w+)\\s*(?<operator>[<>!]=|==?|[<>])\\s*(?<value>[^<>=!]+?)\\s*$")]
    private static partial Regex Comparison();
}
