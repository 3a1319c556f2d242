using System.Globalization;
using ConvNN.App.Faults;
using ConvNN.App.Output;

namespace ConvNN.App.Runs;

/// <summary>Reads a <c>history.csv</c>.</summary>
internal static class HistoryReader
{
    private const string EpochColumn = "epoch";
    private const string HashColumn = "weights_sha256";
    private const string AccuracySuffix = "_accuracy";
    private const double Largest = 1e100;

    /// <summary>SHA-256 of the weights after each epoch, from the first. An unterminated last line, left by a kill, is ignored.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RunFileException">It is missing or malformed.</exception>
    public static IReadOnlyList<string> Read(string path) => [.. ReadRows(path).Select(row => row.WeightsSha256)];

    /// <summary>The epochs, from the first. An unterminated last line, left by a kill, is ignored.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RunFileException">It is missing or malformed.</exception>
    public static IReadOnlyList<HistoryRow> ReadRows(string path)
    {
        try
        {
            return Rows(path, Csv.Read(path));
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RunFileException($"{path}: the history cannot be read: {wrong.Message.TrimEnd('.')}; name the folder of another run.", wrong);
        }
    }

    private static List<HistoryRow> Rows(string path, IReadOnlyList<string[]> lines)
    {
        string[] columns = lines.FirstOrDefault([]);
        int epoch = Array.IndexOf(columns, EpochColumn);
        int hash = Array.IndexOf(columns, HashColumn);
        List<HistoryRow> rows = [];
        foreach (string[] fields in epoch >= 0 && hash >= 0 ? lines.Skip(1) : [])
        {
            string number = $"{rows.Count + 1}";
            if (fields.Length != columns.Length || fields[epoch] != number || !RunRecord.IsHash(fields[hash]))
            {
                throw Damaged($"line {rows.Count + 2} is not that of epoch {number} with its {HashColumn}");
            }

            Dictionary<string, double> figures = Figures(columns, fields);
            if (figures.FirstOrDefault(figure => !IsPossible(figure.Key, figure.Value)).Key is { } wrong)
            {
                throw Damaged($"line {rows.Count + 2} has an impossible {wrong}");
            }

            rows.Add(new HistoryRow(rows.Count + 1, figures, fields[hash]));
        }

        return epoch >= 0 && hash >= 0 ? rows : throw Damaged($"the first line has no columns {EpochColumn} and {HashColumn}");

        RunFileException Damaged(string what) => new($"{path}: {what}; the file is damaged, or is not a history written by convnn.");
    }

    // Accuracies are shares; a loss may be huge before training diverges, but not beyond what a chart can show.
    private static bool IsPossible(string column, double figure) =>
        column.EndsWith(AccuracySuffix, StringComparison.Ordinal) ? figure is >= 0 and <= 1 : Math.Abs(figure) <= Largest;

    private static Dictionary<string, double> Figures(string[] columns, string[] fields)
    {
        Dictionary<string, double> figures = [];
        foreach ((string column, string field) in columns.Zip(fields))
        {
            if (double.TryParse(field, NumberStyles.Float, null, out double figure))
            {
                figures[column] = figure;
            }
        }

        return figures;
    }
}
