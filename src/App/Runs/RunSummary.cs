using ConvNN.App.Configuration;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Training;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;

namespace ConvNN.App.Runs;

/// <summary>Logs the result of a run.</summary>
/// <param name="log">The log.</param>
/// <param name="run">The run's configuration.</param>
/// <param name="material">Its data and network.</param>
internal sealed class RunSummary(RunLog log, RunConfiguration run, RunMaterial material)
{
    /// <summary>The share of the time that other programs had the cores.</summary>
    public double Contention { get; init; }

    /// <summary>Logs how far the run got, its accuracy, the hash of its weights, what limited it, and where its files are.</summary>
    /// <param name="result">The result.</param>
    /// <param name="signal">The signal that stopped it, if any.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="checkpoint">The last checkpoint; null if there is none.</param>
    public void Write(TrainingResult result, string? signal, RunFolder folder, CheckpointName? checkpoint)
    {
        int epochs = result.Epochs.Count;
        if (result.IsStopped)
        {
            string weights = material.Data.Validation is null || epochs == 0 ? "the last step" : $"epoch {result.Best!.Epoch}";
            log.Write(TextEvent.Stopped(
                signal, $" in epoch {epochs + 1} of {run.Training.Epochs}; the weights are those of {weights}", epochs, run.Training.Epochs));
        }

        if (result.IsEarly)
        {
            log.Write(new TextEvent(
                "early",
                $"after epoch {epochs:epoch} of {run.Training.Epochs:epochs}: none was better by validation than epoch {result.Best!.Epoch:best_epoch}"));
        }

        PassResult training = Total([.. result.Epochs.Select(epoch => epoch.Training)]);
        if (result.Test is { } test && epochs > 0)
        {
            TimeSpan elapsed = training.Elapsed + Total([.. result.Epochs.SelectMany(epoch => new[] { epoch.Test, epoch.Validation }.OfType<PassResult>())]).Elapsed;
            log.Write(new DoneEvent(material.Data.Name, material.Data.IsSample, epochs, test, elapsed, training.ImagesPerSecond)
            {
                BestEpoch = material.Data.Validation is null ? null : result.Best?.Epoch,
            });
        }

        log.Write(new TextEvent("weights", $"{result.WeightsSha256:sha256}"));
        if (epochs > 0)
        {
            log.Write(Limits.Of(training, new PipelinePlan(material.Network, run.Training, run.Pipeline.For(material.Data.Outline)), result.Threads, material.Data.Train.Count, Contention));
        }

        string[] files = [.. RunFolder.Names.Where(name => Path.Exists(folder[name])), .. checkpoint is null ? (string[])[] : [CheckpointStore.DefaultName]];
        log.Write(new TextEvent(
            "saved",
            $"{folder.Path:folder}: {string.Join(' ', files):files}"));
        if (result.IsStopped && checkpoint is not null && run.Checkpoints.KeepsState)
        {
            log.Write(TextEvent.Resume(Invocation.Resuming(folder.Path)));
        }
    }

    /// <summary>All passes combined: sums, and each stage's shares averaged over the time of the passes.</summary>
    private static PassResult Total(IReadOnlyList<PassResult> passes)
    {
        double seconds = passes.Sum(pass => pass.Elapsed.TotalSeconds);
        return new PassResult(
            passes.Sum(pass => pass.Samples),
            passes.Sum(pass => pass.Correct),
            passes.Sum(pass => pass.LossSum),
            TimeSpan.FromSeconds(seconds),
            StageLoad.Join(passes.Select(pass => (pass.Loads, pass.Elapsed))),
            passes.All(pass => pass.IsComplete));
    }
}
