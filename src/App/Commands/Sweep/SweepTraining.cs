using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.Training.Metrics;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Commands.Sweep;

/// <summary>Trains the trials of a sweep that have no row yet, rung by rung if hopeless ones are stopped.</summary>
/// <param name="request">How trials run.</param>
/// <param name="trials">The trials of this job, in the order of the sweep.</param>
/// <param name="ranks">The other ranks, which train as well; null if there are none.</param>
/// <param name="left">The folders of trials.</param>
/// <param name="log">Where it reports events.</param>
/// <param name="meter">Measures the runs.</param>
internal sealed class SweepTraining(SweepRequest request, IReadOnlyList<PreparedTrial> trials, SweepRanks? ranks, SweepTrials left, RunLog log, TrainingMeter meter)
{
    private readonly Halving? _halving = Halving.Of(request, trials);
    private readonly Lock _gate = new();
    private readonly List<TrialRow> _rows = [];

    // The rows of trials that wait for a decision; they are not in the file.
    private readonly Dictionary<string, TrialRow> _paused = [];

    /// <summary>All rows of the folder, also those of other jobs.</summary>
    public IReadOnlyList<TrialRow> Rows => _rows;

    private bool IsAlone => request.Parallel is null;

    /// <summary>Runs the trials.</summary>
    /// <param name="cancellationToken">Stops running trials after their current step, without a row.</param>
    /// <returns>How many trials have a row, if a signal stopped the others; null if all have run.</returns>
    public async Task<int?> RunAsync(CancellationToken cancellationToken)
    {
        using SweepFile file = SweepFile.Open(request.Folder, request.Part, request.Plan.Keys);
        if (file.LockWarning is { } warning)
        {
            log.Write(TextEvent.Warning(warning));
        }

        _rows.AddRange(SweepFile.ReadAll(request.Folder));
        PreparedTrial[] unfinished = _halving is null
            ? [.. Open(trials, rung: 0)]
            : [.. trials.Where(trial => !_rows.Exists(row => trial.Knows(row) && row.EndsHalving))];
        Begin(trials.Count - unfinished.Length);
        SweepProgress progress = new(log, trials.Count - unfinished.Length, trials.Count, unfinished.Sum(trial => trial.Cost));
        SweepRunner here = new(request, _halving, left, meter);
        IEnumerable<(int Place, TrialSlot Slot)> slots = [.. Enumerable.Range(0, request.Parallel ?? 1).Select(place => (place, (TrialSlot)here.RunAsync)), .. ranks?.Slots ?? []];
        TrialDispatcher dispatcher = new([.. slots.OrderBy(slot => slot.Place).Select(slot => slot.Slot)], progress);
        IReadOnlyList<IReadOnlyList<PreparedTrial>> points = _halving?.Points ?? [trials];
        int rungs = _halving?.Rungs ?? 0;
        for (int rung = 0; rung <= rungs; rung++)
        {
            if (!await TrainAsync([.. Open([.. points.SelectMany(point => point)], rung)], rung, dispatcher, file, progress, cancellationToken))
            {
                return trials.Count(trial => _rows.Exists(trial.Knows));
            }

            if (_halving is not null && rung < rungs && points.Count > 1)
            {
                points = Halve(_halving, points, rung, file, progress);
            }
        }

        return null;
    }

    /// <summary>
    /// The trials that have to train to a rung. Those with the same result are trained only once: the number of workers, for example, does
    /// not change the weights.
    /// </summary>
    private IEnumerable<PreparedTrial> Open(IReadOnlyList<PreparedTrial> among, int rung)
    {
        ILookup<string, TrialRow> known = _rows.ToLookup(row => row.Identity);
        return among.Where(trial => !IsDone(trial)).DistinctBy(trial => (trial.Begun.Identity, IsAlone ? trial.Begun.Workers : 0));

        bool IsDone(PreparedTrial trial) => _halving is null
            ? known[trial.Begun.Identity].Any(row => trial.IsDoneBy(row) && !IsWanted(row))
            : known[trial.Begun.Identity].Any(row => row.IsFinished && !IsWanted(row) && (row.Status != TrialRow.Done || HasMarks(_halving, trial, row)))
                || (rung < _halving.Rungs && RowAt(trial, _halving.EpochsAt(trial, rung)) is not null);
    }

    // A row of a sweep that did not halve has no figures to decide by.
    private static bool HasMarks(Halving halving, PreparedTrial trial, TrialRow row) => halving.Marks(trial).All(mark => row.AccuracyAfter(mark) is not null);

    // A trial that is to be kept is trained again if it was not before.
    private bool IsWanted(TrialRow row) => request.Keep == SweepKeep.All && row.Status == TrialRow.Done && !left.IsKept(row);

    /// <summary>Trains trials to a rung.</summary>
    /// <returns>Whether none was stopped by a signal.</returns>
    private async Task<bool> TrainAsync(
        PreparedTrial[] open, int rung, TrialDispatcher dispatcher, SweepFile file, SweepProgress progress, CancellationToken cancellationToken)
    {
        int ended = 0;
        await dispatcher.RunAsync(
            open,
            rung,
            (trial, row) =>
            {
                lock (_gate)
                {
                    ended++;
                    if (row.Status == TrialRow.Paused)
                    {
                        _paused[row.Identity] = row;
                        progress.Pause(trial);
                    }
                    else
                    {
                        _paused.Remove(row.Identity);
                        Keep(trial, row, file);
                        progress.End(trial, row);
                    }
                }
            },
            cancellationToken);
        return ended == open.Length;
    }

    /// <summary>Decides which points go on; the trials of the others get their rows.</summary>
    /// <returns>Those that go on.</returns>
    private IReadOnlyList<IReadOnlyList<PreparedTrial>> Halve(
        Halving halving, IReadOnlyList<IReadOnlyList<PreparedTrial>> points, int rung, SweepFile file, SweepProgress progress)
    {
        IReadOnlyList<IReadOnlyList<PreparedTrial>> better = halving.Better(points, rung, trial => RowAt(trial, halving.EpochsAt(trial, rung)));
        log.Write(new TextEvent(
            "halved",
            $"{better.Count:kept} of {Plural(points.Count, "configuration")} go on after decision {rung + 1:rung} of {halving.Rungs:rungs}",
            new Field("configurations", points.Count)));
        foreach (PreparedTrial trial in points.Except(better).SelectMany(point => point))
        {
            if (_paused.Remove(trial.Begun.Identity, out TrialRow? row))
            {
                row = row with { Status = TrialRow.Stopped };
                Keep(trial, row, file);
                progress.End(trial, row);
            }
        }

        return better;
    }

    /// <summary>The row that knows the accuracy of a trial after some epochs; null if none does.</summary>
    private TrialRow? RowAt(PreparedTrial trial, int epochs) =>
        _paused.GetValueOrDefault(trial.Begun.Identity) is { } paused && paused.AccuracyAfter(epochs) is not null
            ? paused
            : _rows.FindLast(row => trial.Knows(row) && row.AccuracyAfter(epochs) is not null);

    /// <summary>Writes a row after what its trial leaves, and drops the run folder of one that is no longer the best.</summary>
    private void Keep(PreparedTrial trial, TrialRow row, SweepFile file)
    {
        BestTrial? before = request.Keep == SweepKeep.Best ? BestTrial.Of(trials, _rows) : null;
        bool isBest = request.Keep == SweepKeep.Best && BestTrial.Of(trials, [.. _rows, row])?.Row == row;
        left.Leave(trial, row, row.Status == TrialRow.Done && (request.Keep == SweepKeep.All || isBest));
        file.Append(row);
        _rows.Add(row);
        if (before is not null && isBest && left.RunOf(before.Row) != left.RunOf(row))
        {
            left.Drop(before.Row);
        }
    }

    private void Begin(int finished)
    {
        string part = request.Part.Count > 1 ? $", part {request.Part.Number} of {request.Part.Count}" : "";
        string before = finished > 0 ? $", {finished:N0} of them finished before" : "";
        int parallel = ranks?.SlotCount ?? request.Parallel ?? 1;
        string how = IsAlone ? "one after another" : $"{parallel} at a time with one worker each";
        how += ranks is null ? "" : IsAlone ? $" on each of {ranks.Count} ranks" : $" on {ranks.Count} ranks";
        log.Write(new TextEvent(
            "sweep",
            $"{Plural(trials.Count, "trial")}{part}{before} · {how} · rows in {Path.Combine(request.Folder, request.Part.FileName):file} · ^C stops after the step and keeps them",
            new Field("trials", trials.Count),
            new Field("finished", finished),
            new Field("part", request.Part.Number),
            new Field("parts", request.Part.Count),
            new Field("parallel", parallel),
            new Field("alone", IsAlone),
            new Field("ranks", ranks?.Count)));
    }
}
