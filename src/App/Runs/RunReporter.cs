using System.Threading.Channels;
using ConvNN.App.Configuration;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Kernels;
using ConvNN.Training;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Progress;

namespace ConvNN.App.Runs;

/// <summary>Logs the events of a run up to its last epoch.</summary>
/// <param name="log">The log.</param>
/// <param name="run">The run's configuration.</param>
internal sealed class RunReporter(RunLog log, RunConfiguration run)
{
    // Often enough to look alive, but without noticeable load.
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromSeconds(0.2);

    // Even a healthy layer has some dead units.
    private const double MostlyDead = 0.5;

    private readonly string _kernels = Machine.NameOf(run.Pipeline.Kernels ?? KernelSet.BestTier);
    private readonly HashSet<string> _deadLayers = [];
    private bool _isSample;
    private bool _hasDropout;

    /// <summary>Whether layer statistics are logged; a mostly dead layer is always reported.</summary>
    public bool IsVerbose { get; init; }

    /// <summary>Is told of each training event as well; null for nobody.</summary>
    public Action<TrainingEvent>? Observer { get; init; }

    /// <summary>How often a trainer should report progress.</summary>
    public TimeSpan ProgressInterval => log.HasStatusLine && run.Logging.Interval > RedrawInterval ? RedrawInterval : run.Logging.Interval;

    /// <summary>Logs the program, the machine and the configuration.</summary>
    /// <param name="configurationFile">The configuration file.</param>
    public void Start(string configurationFile)
    {
        log.Format = run.Logging.Format;
        log.Write(new StartEvent(run.Name, configurationFile, _kernels));
        if (Machine.Slowness is { } slow)
        {
            log.Write(TextEvent.Warning(slow));
        }
    }

    /// <summary>Logs the data and the network.</summary>
    public void Material(RunMaterial material)
    {
        _isSample = material.Data.IsSample;
        log.Write(DataEvent.Of(material.Data, material.Available));
        if (material.Data is { IsSample: true, FallbackReason: { } reason })
        {
            log.Write(TextEvent.Warning($"{DataEvent.SampleLabel}: MNIST is not available, so this run uses the embedded sample of digits: {reason}"));
        }

        foreach (string note in material.Notes(run.Training))
        {
            log.Write(TextEvent.Warning(note));
        }

        NetworkEvent network = new(run.Name, material.Network);
        _hasDropout = network.HasDropout;
        log.Write(network);
        foreach (RunEvent line in StartingWeightsEvents.Of(material.Start))
        {
            log.Write(line);
        }
    }

    /// <summary>Logs how the run trains and where it writes.</summary>
    /// <param name="plan">How its steps are divided.</param>
    /// <param name="folder">Its folder.</param>
    public void Training(PipelinePlan plan, string folder)
    {
        log.Write(TrainEvent.Of(run.Training, plan, _kernels) with { Ranks = run.Pipeline.Ranks?.Size ?? 1 });
        foreach (string advice in WorkerAdvice.For(plan, run.Pipeline))
        {
            log.Write(TextEvent.Warning(advice));
        }

        log.Write(TextEvent.Output(folder));
    }

    /// <summary>Logs where the run resumes, if it does.</summary>
    /// <param name="from">The checkpoint; null for a new run.</param>
    public void ResumeAt(Checkpoint? from)
    {
        if (from is null)
        {
            return;
        }

        TrainingProgress progress = from.Manifest.Progress;
        log.Write(new TextEvent(
            "resumed",
            $"from {from.Folder:checkpoint}: step {progress.Step:step|N0}, {progress.Epochs.Count:epochs_done|N0} of {run.Training.Epochs:epochs|N0} epochs done"));
    }

    /// <summary>Logs training events until there are no more.</summary>
    public async Task ReadAsync(ChannelReader<TrainingEvent> events)
    {
        ProgressPace pace = new(run.Training.Epochs, run.Logging.Interval);
        await foreach (TrainingEvent what in events.ReadAllAsync())
        {
            Observer?.Invoke(what);
            switch (what)
            {
                case StepProgress step:
                    log.Write(pace.At(step) with { HasDropout = _hasDropout });
                    break;
                case CheckpointSaved saved:
                    log.Write(new CheckpointEvent(saved));
                    break;
                case CheckpointFailed failed:
                    log.Write(TextEvent.Warning(failed.Reason));
                    break;
                case EpochResult epoch:
                    pace.Learn(epoch);
                    log.Write(new EpochEvent(epoch, run.Training.Epochs, _isSample) { HasDropout = _hasDropout });
                    break;
                case WorkersChanged change:
                    log.Write(TextEvent.Changed(change));
                    break;
                case LayersInspected layers:
                    Layers(layers);
                    break;
            }
        }
    }

    private void Layers(LayersInspected inspected)
    {
        if (IsVerbose)
        {
            log.Write(new LayersEvent(inspected));
        }

        // Once for each layer, since dead units mostly stay dead.
        string[] dead =
        [
            .. inspected.Layers.Where(layer => layer.DeadShare > MostlyDead && _deadLayers.Add(layer.Name))
                .Select(layer => $"{layer.DeadUnits:N0} of {layer.Units:N0} in {layer.Name}"),
        ];
        if (dead.Length > 0)
        {
            log.Write(TextEvent.Warning($"dead ReLUs: {string.Join(", ", dead)} are 0 for each of {inspected.Samples:N0} training images, so no gradient reaches them; try a smaller Training:LearningRate, or leakyrelu."));
        }
    }
}
