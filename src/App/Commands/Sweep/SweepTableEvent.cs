using ConvNN.App.Log.Events;
using ConvNN.App.Output;

namespace ConvNN.App.Commands.Sweep;

/// <summary>The result of a sweep: a table on a terminal, otherwise an event for each row.</summary>
/// <param name="Table">The table.</param>
internal sealed record SweepTableEvent(SweepTable Table) : RunEvent("table")
{
    /// <inheritdoc/>
    public override IEnumerable<Field> Fields => [new("rows", Table.Results.Count)];

    /// <inheritdoc/>
    public override bool EndsStatus => true;

    /// <inheritdoc/>
    public override IEnumerable<string> Drawn(int columns) =>
        [.. Table.Lines(columns), .. Table.Notes.SelectMany(note => Fold.Lines("", note, columns))];

    /// <inheritdoc/>
    public override IEnumerable<RunEvent> Parts => Table.Results.Select((result, row) => new TextEvent(
        "result",
        $"{result.Name:configuration}",
        [
            .. result.Point.Values.Select(pair => new Field(pair.Key, pair.Value)),
            new("dataset", result.Dataset),
            new("parameters", result.Parameters),
            new("epochs", result.Epochs?.Mean),
            new("trials", result.Done.Count),
            new("validation_accuracy", result.Validation?.Mean),
            new("validation_accuracy_sd", result.Validation?.Deviation),
            .. Table.IsChosenByValidation && row > 0 ? Array.Empty<Field>() : [new("test_accuracy", result.Test?.Mean), new("test_accuracy_sd", result.Test?.Deviation)],
            new("seconds", result.Seconds is { } seconds ? Math.Round(seconds.Mean, 3) : null),
            new("images_per_second", result.ImagesPerSecond is { } speed ? Math.Round(speed.Mean) : null),
            new("alone", result.IsAlone),
            new("weights_sha256", result.WeightsSha256),
        ]));
}
