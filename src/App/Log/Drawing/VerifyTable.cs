using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using static ConvNN.App.Output.Figures;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Log.Drawing;

/// <summary>The table of the runs that <c>convnn verify</c> compares, written line by line.</summary>
internal static class VerifyTable
{
    private const int ShortHash = 12;

    private static readonly TextColumn[] Columns = [new("workers"), Word("kernels", 16), new("images/s"), Word("weights")];

    /// <summary>What is compared, and the titles.</summary>
    public static IEnumerable<string> Titles(VerifyEvent verify, int columns) =>
    [
        .. Fold.Lines("verify", $"{Plural(verify.Runs, "run")}, epochs of each: {verify.Epochs}", columns),
        .. new TextTable(Columns).Lines(),
    ];

    /// <summary>The line of a run, with the whole hash if it fits.</summary>
    public static string Line(VerifyRunEvent run, int columns)
    {
        TextTable whole = Row(run.WeightsSha256);
        return (whole.Width <= columns ? whole : Row(run.WeightsSha256[..ShortHash])).Lines().Last();

        TextTable Row(string hash) => new TextTable(Columns).Add(run.IsChanging ? $"1–{run.Workers}" : $"{run.Workers}", run.Kernels, $"{run.ImagesPerSecond:N0}", hash);
    }
}
