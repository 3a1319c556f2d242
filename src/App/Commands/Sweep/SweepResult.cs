namespace ConvNN.App.Commands.Sweep;

/// <summary>The result of a configuration at a point of the grid, over its seeds.</summary>
/// <param name="Name">The name of the configuration.</param>
/// <param name="Point">The varied values.</param>
/// <param name="Rows">The rows in the order of the seeds; null for a seed without a row.</param>
internal sealed record SweepResult(string Name, SweepPoint Point, IReadOnlyList<TrialRow?> Rows)
{
    /// <summary>The rows of successful trials, also of those that were stopped on the way.</summary>
    public IReadOnlyList<TrialRow> Done { get; } = [.. Rows.OfType<TrialRow>().Where(row => row.HasResult)];

    /// <summary>The epoch after which <c>--halving</c> stopped its trials; null if it did not.</summary>
    public int? StoppedAfter => Done.FirstOrDefault(row => row.Status == TrialRow.Stopped)?.Epochs;

    /// <summary>Accuracy on the test set; null if no trial succeeded.</summary>
    public MeanAndDeviation? Test => MeanAndDeviation.Of(Done.Select(row => row.TestAccuracy));

    /// <summary>Accuracy on the validation set; null if there is none.</summary>
    public MeanAndDeviation? Validation => MeanAndDeviation.Of(Done.Select(row => row.ValidationAccuracy));

    /// <summary>Seconds per trial.</summary>
    public MeanAndDeviation? Seconds => MeanAndDeviation.Of(Done.Select(row => row.Seconds));

    /// <summary>Images per second of training.</summary>
    public MeanAndDeviation? ImagesPerSecond => MeanAndDeviation.Of(Done.Select(row => row.ImagesPerSecond));

    /// <summary>Epochs per trial.</summary>
    public MeanAndDeviation? Epochs => MeanAndDeviation.Of(Done.Select(row => (double?)row.Epochs));

    /// <summary>The number of trainable parameters.</summary>
    public long? Parameters => Rows.OfType<TrialRow>().FirstOrDefault(row => row.Parameters is not null)?.Parameters;

    /// <summary>The dataset.</summary>
    public string? Dataset => Rows.OfType<TrialRow>().FirstOrDefault()?.Dataset;

    /// <summary>SHA-256 of the weights of the first seed.</summary>
    public string? WeightsSha256 => Rows[0]?.WeightsSha256;

    /// <summary>Whether other trials ran at the same time, so that the times are those of a shared machine.</summary>
    public bool IsShared => Done.Any(row => !row.IsAlone);

    /// <summary>Whether each trial ran alone; null if none succeeded, so that there are no times.</summary>
    public bool? IsAlone => Done.Count == 0 ? null : !IsShared;

    /// <summary>The results that rows tell by themselves, in their order, without the data and the configurations that they are of.</summary>
    /// <param name="rows">All existing rows. Of several for a seed, the last one counts; one with comparable times is preferred.</param>
    public static IReadOnlyList<SweepResult> Of(IReadOnlyList<TrialRow> rows) =>
    [
        .. rows.GroupBy(row => (row.Configuration, row.Dataset, Point: new SweepPoint([.. row.Varied]).ToString()))
            .Select(group => new SweepResult(
                group.Key.Configuration,
                new SweepPoint([.. group.First().Varied]),
                [.. group.GroupBy(row => row.Seed).Select(seed => seed.OrderBy(row => row.IsFinished ? 1 : 0).ThenBy(row => row.IsAlone ? 1 : 0).Last())])),
    ];

    /// <summary>The results of a sweep, in its order.</summary>
    /// <param name="trials">All trials.</param>
    /// <param name="rows">All existing rows. Of several for a trial, the last one counts; one with comparable times is preferred.</param>
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
