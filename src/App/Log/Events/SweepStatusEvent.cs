using ConvNN.App.Output;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Log.Events;

/// <summary>The progress of a sweep, only for the status line of a terminal.</summary>
/// <param name="Finished">The number of trials that have their rows.</param>
/// <param name="Trials">The total number of trials.</param>
/// <param name="Running">The running trials, with their epochs.</param>
/// <param name="Left">The estimated time left; null if unknown.</param>
internal sealed record SweepStatusEvent(int Finished, int Trials, IReadOnlyList<string> Running, TimeSpan? Left) : RunEvent("sweep_status")
{
    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("finished", Finished),
        new("trials", Trials),
        new("running", string.Join(", ", Running)),
        new("seconds_left", Left is { } left ? Math.Round(left.TotalSeconds, 1) : null),
    ];

    /// <summary>The status line, with as many of the running trials as fit.</summary>
    /// <param name="columns">The maximum width.</param>
    public string Line(int columns)
    {
        string head = Untied($"{Finished}/{Trials}{(Left is { } left ? $"  {Figures.Left(left)}" : "")}");
        int count = Running.Count;
        string line = Whole(count);
        while (line.Length > columns && count > 0)
        {
            line = Whole(--count);
        }

        return line;

        string Whole(int shown) => shown == 0 ? head : $"{head}  {string.Join(" │ ", Running.Take(shown))}{(shown < Running.Count ? $" and {Running.Count - shown} more" : "")}";
    }
}
