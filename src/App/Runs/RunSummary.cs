using ConvNN.App.Configuration;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.Training;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Runs;

/// <summary>Tells the log what came of a run.</summary>
/// <param name="log">The log.</param>
/// <param name="run">The run's configuration.</param>
/// <param name="material">What it worked on.</param>
internal sealed class RunSummary(RunLog log, RunConfiguration run, RunMaterial material)
{
    /// <summary>The share of the time that other programs had the cores.</summary>
    public double Contention { get; init; }

    /// <summary>Says how far it came, what the network can do, what its weights are, what limited it, and what is where.</summary>
    /// <param name="result">The result.</param>
    /// <param name="signal">The signal that stopped it, if one did.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="checkpoint">The last checkpoint; null if there is none.</param>
    public void Write(TrainingResult result, string? signal, RunFolder folder, CheckpointName? checkpoint)
    {
        int epochs = result.Epochs.Count;
        if (result.IsStopped)
        {
            log.Write(new TextEvent(
                "stopped",
                Text($"by {signal} in epoch {epochs + 1} of {run.Training.Epochs}; {(material.Data.Validation is null || epochs == 0 ? "the weights are those of the last step" : Text($"the weights are those of epoch {result.Best!.Epoch}"))}"),
                new Field("signal", signal),
                new Field("epoch", epochs + 1),
                new Field("epochs", run.Training.Epochs)));
        }

        if (result.IsEarly)
        {
            log.Write(new TextEvent(
                "early",
                Text($"after epoch {epochs} of {run.Training.Epochs}: none was better by validation than epoch {result.Best!.Epoch}"),
                new Field("epoch", epochs),
                new Field("epochs", run.Training.Epochs),
                new Field("best_epoch", result.Best.Epoch)));
        }

        PassResult training = Total([.. result.Epochs.Select(epoch => epoch.Training)]);
        if (epochs > 0)
        {
            TimeSpan elapsed = training.Elapsed + Total([.. result.Epochs.SelectMany(epoch => new[] { epoch.Test, epoch.Validation }.OfType<PassResult>())]).Elapsed;
            log.Write(new DoneEvent(material.Data.Name, material.Data.IsSample, epochs, result.Best!.Test, elapsed, training.ImagesPerSecond)
            {
                BestEpoch = material.Data.Validation is null ? null : result.Best.Epoch,
            });
        }

        log.Write(new TextEvent("weights", result.WeightsSha256, new Field("sha256", result.WeightsSha256)));
        if (epochs > 0)
        {
            log.Write(Limits.Of(training, new PipelinePlan(material.Network, run.Training, run.Pipeline), material.Data.Train.Count, Contention));
        }

        string[] files = [.. RunFolder.Names.Where(name => File.Exists(folder[name])), .. checkpoint is null ? (string[])[] : [CheckpointStore.DefaultName]];
        log.Write(new TextEvent(
            "saved",
            $"{folder.Path}: {string.Join(' ', files)}",
            new Field("folder", folder.Path),
            new Field("files", string.Join(' ', files))));
        if (result.IsStopped && checkpoint is { } last && run.Checkpoints.KeepsState)
        {
            string command = ResumePoint.CommandFor(folder.Path);
            log.Write(new TextEvent("resume", command, new Field("checkpoint", last.ToString()), new Field("command", command)));
        }
    }

    /// <summary>All passes as one: sums, and each stage's shares by the time of the passes.</summary>
    private static PassResult Total(IReadOnlyList<PassResult> passes)
    {
        double seconds = passes.Sum(pass => pass.Elapsed.TotalSeconds);
        StageLoad[] loads = seconds > 0
            ? [.. passes[0].Loads.Select((load, stage) => load with
            {
                Busy = passes.Sum(pass => pass.Loads[stage].Busy * pass.Elapsed.TotalSeconds) / seconds,
                Blocked = passes.Sum(pass => pass.Loads[stage].Blocked * pass.Elapsed.TotalSeconds) / seconds,
            })]
            : [];
        return new PassResult(
            passes.Sum(pass => pass.Samples),
            passes.Sum(pass => pass.Correct),
            passes.Sum(pass => pass.LossSum),
            TimeSpan.FromSeconds(seconds),
            loads,
            passes.All(pass => pass.IsComplete));
    }
}
