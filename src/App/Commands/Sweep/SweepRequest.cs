namespace ConvNN.App.Commands.Sweep;

/// <summary>The arguments of <c>convnn sweep</c> beyond its configurations.</summary>
/// <param name="Plan">The trials.</param>
/// <param name="Folder">The folder of <c>sweep.csv</c>.</param>
/// <param name="Part">The part of the trials to run.</param>
internal sealed record SweepRequest(SweepPlan Plan, string Folder, SweepPart Part)
{
    /// <summary>How many trials run at a time, with one worker each; null for one after another, with their configured workers.</summary>
    public int? Parallel { get; init; }

    /// <summary>Whether <see cref="Parallel"/> is the number of cores, which ranks on one machine share.</summary>
    public bool IsByCores { get; init; }

    /// <summary>Which finished trials leave a run folder.</summary>
    public SweepKeep Keep { get; init; }

    /// <summary>Whether hopeless trials are stopped early, see <see cref="Halving"/>.</summary>
    public bool IsHalving { get; init; }

    /// <summary>Whether to print only the table of the existing rows.</summary>
    public bool IsTableOnly { get; init; }

    /// <summary>Whether to print the results as one JSON document, and nothing else.</summary>
    public bool IsJson { get; init; }

    /// <summary>Whether to print the table in Markdown, and nothing else.</summary>
    public bool IsMarkdown { get; init; }

    /// <summary>Whether to print the table as CSV, and nothing else.</summary>
    public bool IsCsv { get; init; }
}
