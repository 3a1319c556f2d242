using ConvNN.App.Faults;
using ConvNN.App.Runs;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Training;
using ConvNN.Training.Metrics;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Progress;

namespace ConvNN.App.Commands.Sweep;

/// <summary>Runs trials, several at a time, and makes a row for each.</summary>
/// <param name="meter">Measures the runs.</param>
internal sealed class SweepRunner(TrainingMeter meter)
{
    /// <summary>Called for each finished epoch of a trial, from any thread.</summary>
    public Action<PreparedTrial, EpochResult>? OnEpoch { get; init; }

    /// <summary>Called when a trial begins, from any thread.</summary>
    public Action<PreparedTrial>? OnBegin { get; init; }

    /// <summary>Opens the run folder of a trial that may be kept; null if none is.</summary>
    public Func<PreparedTrial, RunMaterial, Trainer, TrialFolder>? Open { get; init; }

    /// <summary>How many epochs a trial trains; after fewer than all it pauses, with a row that says so.</summary>
    public Func<PreparedTrial, int> Until { get; init; } = trial => trial.Run.Training.Epochs;

    /// <summary>The epochs of a trial of which its row keeps the validation accuracy.</summary>
    public Func<PreparedTrial, IEnumerable<int>> Marks { get; init; } = _ => [];

    /// <summary>Runs trials. A fault in one is recorded in its row, and the others continue.</summary>
    /// <param name="trials">The trials.</param>
    /// <param name="parallel">How many run at a time.</param>
    /// <param name="keep">Saves the row of a finished trial, from any thread; an exception from it ends the sweep.</param>
    /// <param name="cancellationToken">Stops running trials after their current step, without a row; no others begin.</param>
    public Task RunAsync(IEnumerable<PreparedTrial> trials, int parallel, Action<PreparedTrial, TrialRow> keep, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(trials, new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (trial, failed) =>
        {
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, failed);
            if (!stop.IsCancellationRequested && await RunAsync(trial, stop.Token) is { } row)
            {
                keep(trial, row);
            }
        });

    /// <summary>Runs one trial.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="cancellationToken">Stops it after its current step.</param>
    /// <returns>Its row; null if it was stopped.</returns>
    private async Task<TrialRow?> RunAsync(PreparedTrial trial, CancellationToken cancellationToken)
    {
        if (trial.Fault is { } fault)
        {
            return Failed(trial, fault);
        }

        OnBegin?.Invoke(trial);
        List<EpochResult> epochs = [];
        try
        {
            RunMaterial material = RunMaterial.Of(trial.Run, trial.Data);
            Trainer trainer = new(material.Network, material.Data, trial.Run.Training, trial.Run.Pipeline) { Meter = meter };
            using TrialFolder? folder = Open?.Invoke(trial, material, trainer);
            int until = Until(trial);
            epochs.AddRange(folder?.Epochs ?? []);
            if (until < trial.Run.Training.Epochs && epochs.Count >= until)
            {
                return PausedRowOf(trial, epochs[..until]);
            }

            using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            TrainingResult result = await trainer.RunAsync(
                async epoch =>
                {
                    epochs.Add(epoch);
                    OnEpoch?.Invoke(trial, epoch);
                    await (folder?.KeepAsync(epoch) ?? Task.CompletedTask);
                    if (epoch.Epoch == until)
                    {
                        await enough.CancelAsync();
                    }
                },
                enough.Token);
            if (result.IsStopped)
            {
                return result.Epochs.Count == until ? PausedRowOf(trial, result.Epochs) : null;
            }

            folder?.End(result);
            return RowOf(trial, result.Epochs, result.Best!, result.Test!) with { Rungs = RungsOf(trial, result.Epochs, isWhole: true) };
        }
        catch (Exception failure)
        {
            return Failed(trial, failure) with { Epochs = epochs.Count, Rungs = RungsOf(trial, epochs, isWhole: false) };
        }
    }

    private TrialRow PausedRowOf(PreparedTrial trial, IReadOnlyList<EpochResult> epochs) =>
        RowOf(trial, epochs, epochs.Last(epoch => epoch.IsBest), epochs.Last(epoch => epoch.IsBest).TestResult) with
        {
            Status = TrialRow.Paused,
            Rungs = RungsOf(trial, epochs, isWhole: false),
        };

    // A trial that ended before its last epoch, since it became no better, keeps what it reached.
    private IReadOnlyList<(int Epochs, double Accuracy)> RungsOf(PreparedTrial trial, IReadOnlyList<EpochResult> epochs, bool isWhole) =>
    [
        .. from mark in Marks(trial)
           where isWhole || mark <= epochs.Count
           select (mark, epochs.Take(mark).Last(epoch => epoch.IsBest).Validation!.Accuracy),
    ];

    private static TrialRow RowOf(PreparedTrial trial, IReadOnlyList<EpochResult> epochs, EpochResult best, TestResult test)
    {
        double training = epochs.Sum(epoch => epoch.Training.Elapsed.TotalSeconds);
        return trial.Begun with
        {
            Epochs = epochs.Count,
            BestEpoch = best.Validation is null ? null : best.Epoch,
            ValidationAccuracy = best.Validation?.Accuracy,
            TestAccuracy = test.Pass.Accuracy,
            TestLoss = test.Pass.Loss,
            TrainLoss = best.Training.Loss,
            Seconds = training + epochs.Sum(epoch => epoch.Test.Elapsed.TotalSeconds + (epoch.Validation?.Elapsed.TotalSeconds ?? 0)),
            ImagesPerSecond = epochs.Sum(epoch => (double)epoch.Training.Samples) / training,
            WeightsSha256 = test.WeightsSha256,
        };
    }

    private static TrialRow Failed(PreparedTrial trial, Exception failure)
    {
        Fault fault = Fault.Of(failure);
        return trial.Begun with
        {
            Status = failure switch
            {
                DivergenceException => TrialRow.Diverged,
                ConfigurationException or NetworkException => TrialRow.Invalid,
                _ => TrialRow.Failed,
            },
            ExitCode = fault.ExitCode,
            Fault = string.Join(" ", fault.Lines()),
        };
    }
}
