namespace ConvNN.App.Commands.Sweep;

/// <summary>What <c>convnn sweep</c> is asked for beyond its configurations.</summary>
/// <param name="Plan">The trials.</param>
/// <param name="Folder">The folder of <c>sweep.csv</c>.</param>
/// <param name="Part">Which of the trials.</param>
internal sealed record SweepRequest(SweepPlan Plan, string Folder, SweepPart Part)
{
    /// <summary>Trials at a time, with one worker each; null for one after another, with the workers of their configurations.</summary>
    public int? Parallel { get; init; }

    /// <summary>Whether the table of the rows that are there is all that is wanted.</summary>
    public bool IsTableOnly { get; init; }

    /// <summary>Whether to print the results as one JSON document, and nothing else.</summary>
    public bool IsJson { get; init; }

    /// <summary>Whether to print the table in Markdown, and nothing else.</summary>
    public bool IsMarkdown { get; init; }
}
