
namespace ConvNN.App.Output;

/// <summary>Formats numbers for people; a number and its unit stay together when a line is wrapped.</summary>
internal static class Figures
{
    /// <summary><c>97.71 %</c>.</summary>
    public static string Percent(double fraction) => $"{100 * fraction:0.00}{Fold.Tie}%";

    /// <summary><c>91 %</c>.</summary>
    public static string Share(double fraction) => $"{100 * fraction:0}{Fold.Tie}%";

    /// <summary>Three significant digits of a non-negative number: <c>0.450</c>, <c>22.8</c>, <c>1.32E-7</c>.</summary>
    public static string Significant(double number) => number switch
    {
        0 => "0",
        < 0.001 or >= 999.5 => $"{number:0.00E+0}",
        < 0.1 => $"{number:0.0000}",
        < 0.9995 => $"{number:0.000}",
        < 9.995 => $"{number:0.00}",
        < 99.95 => $"{number:0.0}",
        _ => $"{number:0}",
    };

    /// <summary><c>1 epoch</c>, <c>10 epochs</c>.</summary>
    public static string Plural(long count, string what) => $"{count:N0}{Fold.Tie}{what}{(count == 1 ? "" : "s")}";

    /// <summary>Two or three significant digits and a unit: <c>0.58 s</c>, <c>12.3 s</c>, <c>17 min</c>, <c>3.4 h</c>.</summary>
    public static string Time(TimeSpan time) => time.TotalSeconds switch
    {
        < 9.995 => $"{time.TotalSeconds:0.00}{Fold.Tie}s",
        < 99.95 => $"{time.TotalSeconds:0.0}{Fold.Tie}s",
        < 599.5 => $"{time.TotalSeconds:0}{Fold.Tie}s",
        < 5970 => $"{time.TotalMinutes:0}{Fold.Tie}min",
        _ => $"{time.TotalHours:0.0}{Fold.Tie}h",
    };

    /// <summary>The time left in seconds, minutes or hours; an estimate cannot be more precise.</summary>
    public static string Left(TimeSpan time) => time.TotalSeconds switch
    {
        < 99.5 => $"{Math.Ceiling(time.TotalSeconds):0}{Fold.Tie}s left",
        < 5970 => $"{time.TotalMinutes:0}{Fold.Tie}min left",
        _ => $"{time.TotalHours:0.0}{Fold.Tie}h left",
    };

    /// <summary>Replaces the non-breaking spaces between numbers and units with ordinary spaces.</summary>
    public static string Untied(string text) => text.Replace(Fold.Tie, ' ');
}
