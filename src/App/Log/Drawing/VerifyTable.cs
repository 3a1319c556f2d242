using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Log.Drawing;

/// <summary>The table of the runs that <c>convnn verify</c> compares.</summary>
internal static class VerifyTable
{
    private const int ShortHash = 12;

    /// <summary>What is compared, and the titles.</summary>
    public static IEnumerable<string> Titles(VerifyEvent verify, int columns) =>
    [
        .. Fold.Lines("verify", $"{Plural(verify.Runs, "run")}, epochs of each: {verify.Epochs}", columns),
        "workers  kernels           images/s  weights",
    ];

    /// <summary>The line of a run; with the whole hash where it fits.</summary>
    public static string Line(VerifyRunEvent run, int columns)
    {
        string figures = Text($"{run.Workers,7}  {run.Kernels,-16}  {run.ImagesPerSecond,8:N0}  ");
        return figures + (figures.Length + run.WeightsSha256.Length <= columns ? run.WeightsSha256 : run.WeightsSha256[..ShortHash]);
    }
}
