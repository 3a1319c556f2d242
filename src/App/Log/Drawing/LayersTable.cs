using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Model.Inspection;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Log.Drawing;

/// <summary>What was seen of the layers after an epoch, as a table below its line; where there is little room, without the weights.</summary>
internal static class LayersTable
{
    private const string Margin = "       ";
    private const string Gap = "  ";
    private const string None = "–";

    private static readonly string[] Titles = ["layer", "gradient", "dead ReLUs", "weights"];

    /// <summary>The lines of the table.</summary>
    /// <param name="layers">What was seen.</param>
    /// <param name="columns">The width of the terminal.</param>
    public static IEnumerable<string> Lines(LayersEvent layers, int columns)
    {
        string[][] rows = [Titles, .. layers.Result.Layers.Select(Cells)];
        int[] widths = [.. Titles.Select((_, column) => rows.Max(row => row[column].Length))];
        int shown = Width(widths) <= columns ? widths.Length : widths.Length - 1;
        widths[0] = Math.Clamp(widths[0] + columns - Width(widths[..shown]), 1, widths[0]);
        return rows.Select(row => Margin + string.Join(Gap, row[..shown].Select((cell, column) => column == 0
            ? Fold.Shorten(cell, widths[0]).PadRight(widths[0])
            : cell.PadLeft(widths[column]))));
    }

    private static string[] Cells(LayerInsight layer) =>
    [
        layer.Name,
        Norm(layer.GradientNorm),
        layer.Units == 0 ? None : Text($"{layer.DeadUnits:N0} of {layer.Units:N0}"),
        Norm(layer.WeightNorm),
    ];

    private static string Norm(double? norm) => norm is { } known ? Significant(known) : None;

    private static int Width(int[] widths) => Margin.Length + widths.Sum() + (Gap.Length * (widths.Length - 1));
}
