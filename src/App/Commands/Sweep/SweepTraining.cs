using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.Training.Metrics;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Commands.Sweep;

/// <summary>Trains the trials of a sweep that have no row yet, rung by rung if hopeless ones are stopped.</summary>
/// <param name="request">How trials run.</param>
/// <param name="log">Where it reports events.</param>
/// <param name="time">The clock.</param>
/// <param name="meter">Measures the runs.</param>
internal sealed class SweepTraining(SweepRequest request, RunLog log, TimeProvider time, TrainingMeter meter)
{
    private readonly SweepTrials _left = new(request.Folder, log, time);
    private readonly Lock _gate = new();

    // The rows of trials that wait for a decision; they are not in the file.
    private readonly Dictionary<string, TrialRow> _paused = [];

    private bool IsAlone => request.Parallel is null;

    /// <summary>Runs the trials.</summary>
    /// <param name="trials">The trials of this job, in the order of the sweep.</param>
    /// <param name="rows">Receives all rows of the folder, and the new ones.</param>
    /// <param name="cancellationToken">Stops running trials after their current step, without a row.</param>
    /// <returns>How many trials have a row; fewer than all if a signal stopped them.</returns>
    public async Task<int> RunAsync(IReadOnlyList<PreparedTrial> trials, List<TrialRow> rows, CancellationToken cancellationToken)
    {
        using SweepFile file = SweepFile.Open(request.Folder, request.Part, request.Plan.Keys);
        if (file.LockWarning is { } warning)
        {
            log.Write(TextEvent.Warning(warning));
        }

        rows.AddRange(SweepFile.ReadAll(request.Folder));
        if (trials.Count == 0)
        {
            Begin(0, 0);
            return 0;
        }

        Halving? halving = request.IsHalving ? new Halving(trials) : null;
        PreparedTrial[] begun = halving is null
            ? [.. Open(trials, halving, rows, rung: 0)]
            : [.. trials.Where(trial => !rows.Exists(row => trial.Knows(row) && (row.IsFinished || row.Status == TrialRow.Stopped)))];
        Begin(trials.Count, trials.Count - begun.Length);
        SweepProgress progress = new(log, trials.Count - begun.Length, trials.Count, begun.Sum(trial => trial.Cost));
        IReadOnlyList<IReadOnlyList<PreparedTrial>> points = halving?.Points ?? [trials];
        for (int rung = 0; rung <= (halving?.Rungs ?? 0); rung++)
        {
            PreparedTrial[] open = [.. Open([.. points.SelectMany(point => point)], halving, rows, rung)];
            int ended = 0;
            int now = rung;
            SweepRunner runner = new(meter)
            {
                OnBegin = progress.Begin,
                OnEpoch = progress.Note,
                Open = request.Keep == SweepKeep.None && halving is null ? null : (trial, material, trainer) => _left.Open(trial, material, trainer, mayPause: halving is not null),
                Until = trial => halving?.EpochsAt(trial, now) ?? trial.Run.Training.Epochs,
                Marks = trial => halving?.Marks(trial) ?? [],
            };
            await runner.RunAsync(
                open,
                request.Parallel ?? 1,
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
                            Keep(trial, row, trials, rows, file);
                            progress.End(trial, row);
                        }
                    }
                },
                cancellationToken);
            if (ended < open.Length)
            {
                return trials.Count(trial => rows.Any(row => trial.Knows(row) && (trial.IsDoneBy(row) || row.HasResult || row.Status == TrialRow.Failed)));
            }

            if (halving is not null && rung < halving.Rungs && points.Count > 1)
            {
                IReadOnlyList<IReadOnlyList<PreparedTrial>> better = halving.Better(points, rung, trial => RowAt(trial, halving.EpochsAt(trial, now), rows));
                log.Write(new TextEvent("halved", $"{better.Count:kept} of {Plural(points.Count, "configuration")} go on after rung {rung + 1:rung} of {halving.Rungs:rungs}", new Field("configurations", points.Count)));
                foreach (PreparedTrial trial in points.Except(better).SelectMany(point => point))
                {
                    if (_paused.Remove(trial.Begun.Identity, out TrialRow? row))
                    {
                        row = row with { Status = TrialRow.Stopped };
                        Keep(trial, row, trials, rows, file);
                        progress.End(trial, row);
                    }
                }

                points = better;
            }
        }

        return trials.Count;
    }

    /// <summary>The trials that have to train to a rung. Those with the same result are trained only once: the number of workers, for example, does not change the weights.</summary>
    private IEnumerable<PreparedTrial> Open(IReadOnlyList<PreparedTrial> trials, Halving? halving, List<TrialRow> rows, int rung)
    {
        ILookup<string, TrialRow> known = rows.ToLookup(row => row.Identity);
        return trials.Where(trial => !IsDone(trial)).DistinctBy(trial => (trial.Begun.Identity, IsAlone ? trial.Begun.Workers : 0));

        bool IsDone(PreparedTrial trial) => halving is null
            ? known[trial.Begun.Identity].Any(row => trial.IsDoneBy(row) && !IsWanted(row))
            : known[trial.Begun.Identity].Any(row => row.Status is TrialRow.Diverged or TrialRow.Invalid || (row.Status == TrialRow.Done && halving.Marks(trial).All(mark => row.AccuracyAfter(mark) is not null) && !IsWanted(row)))
                || (rung < halving.Rungs && RowAt(trial, halving.EpochsAt(trial, rung), rows) is not null);
    }

    // A trial that is to be kept is trained again if it was not before.
    private bool IsWanted(TrialRow row) => request.Keep == SweepKeep.All && row.Status == TrialRow.Done && !_left.IsKept(row);

    /// <summary>The row that knows the accuracy of a trial after some epochs; null if none does.</summary>
    private TrialRow? RowAt(PreparedTrial trial, int epochs, List<TrialRow> rows) =>
        _paused.GetValueOrDefault(trial.Begun.Identity) is { } paused && paused.AccuracyAfter(epochs) is not null
            ? paused
            : rows.FindLast(row => trial.Knows(row) && row.AccuracyAfter(epochs) is not null);

    /// <summary>Writes a row after what its trial leaves, and drops the run folder of one that is no longer the best.</summary>
    private void Keep(PreparedTrial trial, TrialRow row, IReadOnlyList<PreparedTrial> trials, List<TrialRow> rows, SweepFile file)
    {
        BestTrial? before = request.Keep == SweepKeep.Best ? BestTrial.Of(trials, rows) : null;
        bool isBest = request.Keep == SweepKeep.Best && BestTrial.Of(trials, [.. rows, row])?.Row == row;
        _left.Leave(trial, row, row.Status == TrialRow.Done && (request.Keep == SweepKeep.All || isBest));
        file.Append(row);
        rows.Add(row);
        if (before is not null && isBest && _left.RunOf(before.Row) != _left.RunOf(row))
        {
            _left.Drop(before.Row);
        }
    }

    private void Begin(int trials, int finished)
    {
        string part = request.Part.Count > 1 ? $", part {request.Part.Number} of {request.Part.Count}" : "";
        string before = finished > 0 ? $", {finished:N0} of them finished before" : "";
        string how = request.Parallel is { } parallel ? $"{parallel} at a time with one worker each" : "one after another";
        log.Write(new TextEvent(
            "sweep",
            $"{Plural(trials, "trial")}{part}{before} · {how} · rows in {Path.Combine(request.Folder, request.Part.FileName):file} · ^C stops after the step and keeps them",
            new Field("trials", trials),
            new Field("finished", finished),
            new Field("part", request.Part.Number),
            new Field("parts", request.Part.Count),
            new Field("parallel", request.Parallel ?? 1),
            new Field("alone", IsAlone)));
    }
}
