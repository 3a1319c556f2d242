namespace ConvNN.App.Commands.Sweep;

/// <summary>
/// Successive halving (Jamieson and Talwalkar 2016, https://arxiv.org/abs/1502.07943): all points train for a few epochs, the better
/// half goes on for twice as many, and so on to the full number. A point stands with all its seeds. What it decides follows from rows alone.
/// </summary>
/// <param name="trials">The trials, in the order of the sweep.</param>
internal sealed class Halving(IReadOnlyList<PreparedTrial> trials)
{
    /// <summary>The decisions of a sweep; null if it makes none.</summary>
    /// <param name="request">How trials run.</param>
    /// <param name="trials">The trials, in the order of the sweep.</param>
    public static Halving? Of(SweepRequest request, IReadOnlyList<PreparedTrial> trials) => request.IsHalving && trials.Count > 0 ? new Halving(trials) : null;

    /// <summary>How often there is a decision: the first rung has one epoch in 2 to this power.</summary>
    public int Rungs { get; } = (int)Math.Log2(trials.Max(trial => trial.Run.Training.Epochs));

    /// <summary>The trials of each point.</summary>
    public IReadOnlyList<IReadOnlyList<PreparedTrial>> Points { get; } =
        [.. trials.GroupBy(trial => (trial.Trial.Name, Point: trial.Trial.Point.ToString())).Select(group => group.ToArray())];

    /// <summary>The epochs that a trial has at a rung; at the last one, <see cref="Rungs"/>, all of them.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="rung">The rung, from 0.</param>
    public int EpochsAt(PreparedTrial trial, int rung)
    {
        int parts = 1 << (Rungs - rung);
        return (trial.Run.Training.Epochs + parts - 1) / parts;
    }

    /// <summary>The epochs of a trial after which there is a decision.</summary>
    /// <param name="trial">The trial.</param>
    public IEnumerable<int> Marks(PreparedTrial trial) => Enumerable.Range(0, Rungs).Select(rung => EpochsAt(trial, rung)).Distinct();

    /// <summary>
    /// The better half of the points, in their order: those without a fault first, then by validation accuracy; of equal ones, the earlier.
    /// </summary>
    /// <param name="points">The points.</param>
    /// <param name="rung">The rung.</param>
    /// <param name="rowOf">The row of a trial.</param>
    public IReadOnlyList<IReadOnlyList<PreparedTrial>> Better(
        IReadOnlyList<IReadOnlyList<PreparedTrial>> points, int rung, Func<PreparedTrial, TrialRow?> rowOf)
    {
        // Sorting is stable, so equal points stay in their order.
        HashSet<IReadOnlyList<PreparedTrial>> better =
        [
            .. points.Select(Scored)
                .OrderByDescending(point => point.IsWhole)
                .ThenByDescending(point => point.Mean)
                .Take((points.Count + 1) / 2)
                .Select(point => point.Point),
        ];
        return [.. points.Where(better.Contains)];

        (IReadOnlyList<PreparedTrial> Point, bool IsWhole, double Mean) Scored(IReadOnlyList<PreparedTrial> point)
        {
            MeanAndDeviation? known = MeanAndDeviation.Of(point.Select(trial => rowOf(trial)?.AccuracyAfter(EpochsAt(trial, rung))));
            return (point, known?.Count == point.Count, known?.Mean ?? -1);
        }
    }
}
