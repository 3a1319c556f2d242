namespace ConvNN.App.Commands.Sweep;

/// <summary>What came of a configuration at a point of the grid, over its seeds.</summary>
/// <param name="Name">What the configuration is called.</param>
/// <param name="Point">The varied values.</param>
/// <param name="Rows">The row of each seed, in their order; null for one that has none yet.</param>
internal sealed record SweepResult(string Name, SweepPoint Point, IReadOnlyList<TrialRow?> Rows)
{
    /// <summary>The rows of trials that went through.</summary>
    public IReadOnlyList<TrialRow> Done { get; } = [.. Rows.OfType<TrialRow>().Where(row => row.Status == TrialRow.Done)];

    /// <summary>Accuracy on the test part; null where no trial went through.</summary>
    public Spread? Test => Spread.Of(Done.Select(row => row.TestAccuracy));

    /// <summary>Accuracy on the validation part; null where there is none.</summary>
    public Spread? Validation => Spread.Of(Done.Select(row => row.ValidationAccuracy));

    /// <summary>Seconds of a trial.</summary>
    public Spread? Seconds => Spread.Of(Done.Select(row => row.Seconds));

    /// <summary>Images per second of training.</summary>
    public Spread? ImagesPerSecond => Spread.Of(Done.Select(row => row.ImagesPerSecond));

    /// <summary>Epochs of a trial.</summary>
    public Spread? Epochs => Spread.Of(Done.Select(row => (double?)row.Epochs));

    /// <summary>Parameters that are trained.</summary>
    public long? Parameters => Rows.OfType<TrialRow>().FirstOrDefault(row => row.Parameters is not null)?.Parameters;

    /// <summary>The dataset.</summary>
    public string? Dataset => Rows.OfType<TrialRow>().FirstOrDefault()?.Dataset;

    /// <summary>SHA-256 of the weights of the first seed.</summary>
    public string? WeightsSha256 => Rows[0]?.WeightsSha256;

    /// <summary>Whether other trials ran beside these, so that their times are those of a machine that is shared.</summary>
    public bool IsShared => Done.Any(row => !row.IsAlone);

    /// <summary>The results of a sweep, in its order.</summary>
    /// <param name="trials">All trials.</param>
    /// <param name="rows">All rows that there are; of several that a trial has, the last one counts, and one with times that can be compared before others.</param>
    public static IReadOnlyList<SweepResult> Of(IReadOnlyList<PreparedTrial> trials, IReadOnlyList<TrialRow> rows)
    {
        ILookup<string, TrialRow> byIdentity = rows.ToLookup(row => row.Identity);
        return
        [
            .. trials.GroupBy(trial => (trial.Trial.Name, Point: trial.Trial.Point.ToString()))
                .Select(group => new SweepResult(group.Key.Name, group.First().Trial.Point, [.. group.Select(RowOf)])),
        ];

        TrialRow? RowOf(PreparedTrial trial) => byIdentity[trial.Begun.Identity]
            .OrderBy(row => trial.IsDoneBy(row) ? 2 : row.IsFinished ? 1 : 0)
            .ThenBy(row => row.IsAlone ? 1 : 0)
            .LastOrDefault();
    }
}
