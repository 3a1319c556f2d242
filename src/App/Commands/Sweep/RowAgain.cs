using ConvNN.App.Commands.Train;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Sweep;

/// <summary><c>convnn sweep --train ROW</c>: a row of a sweep, trained again as an ordinary run.</summary>
internal static class RowAgain
{
    /// <summary>Finds the row whose weights begin with the given digits.</summary>
    /// <param name="folder">The folder of <c>sweep.csv</c>.</param>
    /// <param name="digits">The digits.</param>
    /// <exception cref="UsageException">There is none, or more than one.</exception>
    /// <exception cref="RunFileException">The rows cannot be read.</exception>
    public static TrialRow Find(string folder, string digits)
    {
        TrialRow[] rows = [.. SweepFile.ReadAll(folder).Where(row => row.WeightsSha256?.StartsWith(digits, StringComparison.OrdinalIgnoreCase) is true)];
        return rows.DistinctBy(row => row.WeightsSha256).Count() switch
        {
            0 => throw new UsageException(
                $"--train is {ShownValue.Of(digits)}, but {folder} has no row with weights that begin so; sweep --table shows the weights of its rows."),
            1 => rows[^1],
            _ => throw new UsageException(
                $"--train is {ShownValue.Of(digits)}, but {folder} has several rows with weights that begin so; give more digits."),
        };
    }

    /// <summary>The configuration of a row.</summary>
    /// <param name="folder">The folder of <c>sweep.csv</c>.</param>
    /// <param name="row">The row.</param>
    /// <exception cref="RunFileException">It is not there.</exception>
    public static ConfigurationFile ConfigurationOf(string folder, TrialRow row)
    {
        string path = SweepTrials.ConfigurationOf(folder, row);
        return Path.Exists(path)
            ? ConfigurationFile.Find(path)
            : throw new RunFileException(
                $"{path}: is missing, and with it the configuration of the row; remove the row from its file, and run the sweep again.");
    }

    /// <summary>What the run is compared with.</summary>
    /// <param name="folder">The folder of <c>sweep.csv</c>.</param>
    /// <param name="row">The row.</param>
    public static ExpectedWeights Expected(string folder, TrialRow row) =>
        new(row.WeightsSha256!, row.Epochs, $"row {SweepTrials.NameOf(row)} of {folder}");
}
