using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Model.Inspection;
using static ConvNN.App.Output.Figures;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Log.Drawing;

/// <summary>The layer statistics of an epoch, as a table below its line; on a narrow terminal, without the weights.</summary>
internal static class LayersTable
{
    private const string None = "–";

    /// <summary>The lines of the table.</summary>
    /// <param name="layers">The statistics.</param>
    /// <param name="columns">The width of the terminal.</param>
    public static IEnumerable<string> Lines(LayersEvent layers, int columns) =>
        new TextTable(Word("layer"), new("gradient"), new("dead ReLUs"), new("weights") { Goes = 1 }) { Margin = 7 }
            .AddAll(layers.Result.Layers.Select(Cells))
            .Lines(columns);

    private static string[] Cells(LayerInsight layer) =>
    [
        layer.Name,
        Norm(layer.GradientNorm),
        layer.Units == 0 ? None : $"{layer.DeadUnits:N0} of {layer.Units:N0}",
        Norm(layer.WeightNorm),
    ];

    private static string Norm(double? norm) => norm is { } known ? Significant(known) : None;
}
