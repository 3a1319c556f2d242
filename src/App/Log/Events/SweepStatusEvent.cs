using ConvNN.App.Output;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Log.Events;

/// <summary>How far a sweep is: for the status line of a terminal alone.</summary>
/// <param name="Finished">Trials that have their rows.</param>
/// <param name="Trials">Trials in all.</param>
/// <param name="Running">Those that run, with their epochs.</param>
/// <param name="Left">How long the rest will take, if it can be told.</param>
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
    /// <param name="columns">What fits.</param>
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
