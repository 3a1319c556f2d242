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
        int epochs = 0;
        try
        {
            RunMaterial material = RunMaterial.Of(trial.Run, trial.Data);
            Trainer trainer = new(material.Network, material.Data, trial.Run.Training, trial.Run.Pipeline) { Meter = meter };
            TrainingResult result = await trainer.RunAsync(
                epoch =>
                {
                    epochs = epoch.Epoch;
                    OnEpoch?.Invoke(trial, epoch);
                    return Task.CompletedTask;
                },
                cancellationToken);
            return result.IsStopped ? null : RowOf(trial, result);
        }
        catch (Exception failure)
        {
            return Failed(trial, failure) with { Epochs = epochs };
        }
    }

    private static TrialRow RowOf(PreparedTrial trial, TrainingResult result)
    {
        EpochResult best = result.Best!;
        TestResult test = result.Test!;
        double training = result.Epochs.Sum(epoch => epoch.Training.Elapsed.TotalSeconds);
        return trial.Begun with
        {
            Epochs = result.Epochs.Count,
            BestEpoch = best.Validation is null ? null : best.Epoch,
            ValidationAccuracy = best.Validation?.Accuracy,
            TestAccuracy = test.Pass.Accuracy,
            TestLoss = test.Pass.Loss,
            TrainLoss = best.Training.Loss,
            Seconds = training + result.Epochs.Sum(epoch => epoch.Test.Elapsed.TotalSeconds + (epoch.Validation?.Elapsed.TotalSeconds ?? 0)),
            ImagesPerSecond = result.Epochs.Sum(epoch => (double)epoch.Training.Samples) / training,
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
