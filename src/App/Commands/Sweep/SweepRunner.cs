using ConvNN.App.Faults;
using ConvNN.App.Runs;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Training;
using ConvNN.Training.Metrics;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Progress;

namespace ConvNN.App.Commands.Sweep;

/// <summary>Trains trials in this process, and makes their rows.</summary>
/// <param name="request">Which folders are kept.</param>
/// <param name="halving">The epochs after which trials pause; null if each trains to its end.</param>
/// <param name="left">The folders of trials.</param>
/// <param name="meter">Measures the runs.</param>
internal sealed class SweepRunner(SweepRequest request, Halving? halving, SweepTrials left, TrainingMeter meter)
{
    private bool HasFolders => request.Keep != SweepKeep.None || halving is not null;

    /// <summary>The row of a trial that ends with a fault.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="failure">What was thrown.</param>
    public static TrialRow Failed(PreparedTrial trial, Exception failure)
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

    /// <summary>Trains one trial; a <see cref="TrialSlot"/>. After fewer epochs than all it pauses, with a row that says so.</summary>
    public async Task<TrialRow?> RunAsync(PreparedTrial trial, int rung, Action<int> onEpoch, CancellationToken cancellationToken)
    {
        if (trial.Fault is { } fault)
        {
            return Failed(trial, fault);
        }

        List<EpochResult> epochs = [];
        try
        {
            RunMaterial material = RunMaterial.Of(trial.Run, trial.Data);
            Trainer trainer = new(material.Network, material.Data, trial.Run.Training, trial.Run.Pipeline) { Meter = meter };
            using TrialFolder? folder = HasFolders ? left.Open(trial, material, trainer, mayPause: halving is not null) : null;
            int until = halving?.EpochsAt(trial, rung) ?? trial.Run.Training.Epochs;
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
                    onEpoch(epoch.Epoch);
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
        .. from mark in halving?.Marks(trial) ?? []
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
}
