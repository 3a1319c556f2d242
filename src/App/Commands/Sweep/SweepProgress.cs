using System.Diagnostics;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.Data;
using Microsoft.Extensions.Logging;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Commands.Sweep;

/// <summary>Logs the progress of a sweep: a line for each finished trial, and the status line of a terminal.</summary>
/// <param name="log">The log.</param>
/// <param name="finished">The number of trials that already have their rows.</param>
/// <param name="trials">The number of all trials.</param>
/// <param name="cost">The cost of the remaining trials, in operations.</param>
internal sealed class SweepProgress(RunLog log, int finished, int trials, double cost)
{
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<PreparedTrial, int> _running = [];
    private readonly long _begin = Stopwatch.GetTimestamp();
    private double _done;

    /// <summary>A trial begins.</summary>
    public void Begin(PreparedTrial trial)
    {
        lock (_gate)
        {
            _running[trial] = 0;
            Tell();
        }
    }

    /// <summary>A trial has finished an epoch, counted from 1.</summary>
    public void Note(PreparedTrial trial, int epoch)
    {
        lock (_gate)
        {
            _running[trial] = epoch;
            _done += trial.Cost / trial.Run.Training.Epochs;
            Tell();
        }
    }

    /// <summary>A trial waits for a decision.</summary>
    public void Pause(PreparedTrial trial)
    {
        lock (_gate)
        {
            _running.Remove(trial);
            Tell();
        }
    }

    /// <summary>A trial has its row.</summary>
    public void End(PreparedTrial trial, TrialRow row)
    {
        lock (_gate)
        {
            _running.Remove(trial);

            // Epochs that it did not need are done as well.
            _done += trial.Cost * (trial.Run.Training.Epochs - row.Epochs) / trial.Run.Training.Epochs;

            // One that was stopped before goes on if others came to compare with.
            finished = Math.Min(finished + 1, trials);
            string result = row.Status switch
            {
                TrialRow.Done => Figures(row),
                TrialRow.Stopped => $"stopped after {Plural(row.Epochs, "epoch")}: {Figures(row)}",
                _ => $"{row.Status}: {row.Fault}",
            };
            log.Write(new TextEvent("trial", $"{finished}/{trials}  {trial.Trial}: {result}", [.. row.Fields.Where(field => field.Value is not null && !(IsChosenByValidation(row) && field.Key.StartsWith("test_", StringComparison.Ordinal)))])
            {
                Level = row.HasResult ? LogLevel.Information : LogLevel.Warning,
            });
            Tell();
        }
    }

    // Only the table shows the test accuracy, of the choice made by validation; showing it earlier would tempt to choose by it.
    private static bool IsChosenByValidation(TrialRow row) => row.Varied.Count > 0 && row.ValidationAccuracy is not null;

    private static string Figures(TrialRow row)
    {
        string validation = row.ValidationAccuracy is { } accuracy ? $"validation {Percent(accuracy)}, " : "";
        string test = IsChosenByValidation(row) ? "" : $"test {Percent(row.TestAccuracy ?? 0)} ";
        string sample = row.Dataset == PublishedDataset.Sample.Name ? $"{DataEvent.SampleLabel}, " : "";
        return sample + validation
            + $"{test}{(row.BestEpoch is { } best ? $"of epoch {best}/{row.Epochs}" : $"after {Plural(row.Epochs, "epoch")}")}, "
            + $"{Time(TimeSpan.FromSeconds(row.Seconds ?? 0))}, {row.ImagesPerSecond:N0} images/s, {row.WeightsSha256?[..12]}";
    }

    private void Tell()
    {
        double share = cost > 0 ? _done / cost : 0;
        log.Write(new SweepStatusEvent(
            finished,
            trials,
            [.. _running.Select(trial => $"{trial.Key.Trial} epoch {Math.Min(trial.Value + 1, trial.Key.Run.Training.Epochs)}/{trial.Key.Run.Training.Epochs}")],
            share is > 0 and <= 1 ? Stopwatch.GetElapsedTime(_begin) * ((1 - share) / share) : null)
        { Audience = Audience.StatusLine });
    }
}
