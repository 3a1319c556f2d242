using ConvNN.App.Log.Events;

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
    public override IEnumerable<string> Drawn(int columns) => Table.Lines(columns);

    /// <inheritdoc/>
    public override IEnumerable<RunEvent> Parts => Table.Results.Select(
        (result, row) => new TextEvent("result", $"{result.Name:configuration}", [.. Table.FiguresOf(row).Skip(1)]));
}
