namespace ConvNN.App.Runs;

/// <summary>A line of <c>history.csv</c>.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Figures">Its other columns by name; columns that are not numbers are left out.</param>
/// <param name="WeightsSha256">SHA-256 of the weights after it.</param>
internal sealed record HistoryRow(int Epoch, IReadOnlyDictionary<string, double> Figures, string WeightsSha256)
{
    /// <summary>A figure; null if the file has no such column.</summary>
    public double? this[string column] => Figures.TryGetValue(column, out double value) ? value : null;
}
