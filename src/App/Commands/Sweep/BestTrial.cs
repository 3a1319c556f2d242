namespace ConvNN.App.Commands.Sweep;

/// <summary>The trial with the best row: by validation accuracy, or by test accuracy where no images are held out.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Row">Its row.</param>
internal sealed record BestTrial(PreparedTrial Trial, TrialRow Row)
{
    /// <summary>The best trial; of equal ones, the earlier in the order of the sweep. Null if none is done.</summary>
    /// <param name="trials">The trials, in the order of the sweep.</param>
    /// <param name="rows">All existing rows.</param>
    public static BestTrial? Of(IEnumerable<PreparedTrial> trials, IEnumerable<TrialRow> rows)
    {
        ILookup<string, TrialRow> done = rows.Where(row => row.Status == TrialRow.Done).ToLookup(row => row.Identity);
        return trials
            .SelectMany(trial => done[trial.Begun.Identity].TakeLast(1).Select(row => new BestTrial(trial, row)))
            .MaxBy(best => best.Score);
    }

    private double Score => Row.ValidationAccuracy ?? Row.TestAccuracy ?? 0;
}
