using ConvNN.App.Output;

namespace ConvNN.App.Commands.Sweep;

/// <summary>The table of a sweep as CSV, with unrounded figures: <c>config/presets.csv</c> is one.</summary>
internal static class SweepCsv
{
    /// <summary>The lines: the names of the columns, then a line for each row of the table.</summary>
    /// <param name="table">The table.</param>
    public static IEnumerable<string> Lines(SweepTable table)
    {
        Dictionary<string, string>[] rows = [.. table.Results.Select((_, row) => table.FiguresOf(row).ToDictionary(field => field.Key, field => field.Text))];
        string[] columns = [.. rows.SelectMany(row => row.Keys).Distinct()];
        return rows.Select(row => Csv.Line(columns.Select(column => row.GetValueOrDefault(column, "")))).Prepend(Csv.Line(columns));
    }
}
