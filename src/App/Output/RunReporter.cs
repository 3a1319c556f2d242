using System.Globalization;
using System.Threading.Channels;
using ConvNN.App.Commands;
using ConvNN.App.Configuration;
using ConvNN.App.Output.Events;
using ConvNN.Data;
using ConvNN.Kernels;
using ConvNN.Training;
using ConvNN.Training.Events;
using ConvNN.Training.Pipeline;

namespace ConvNN.App.Output;

/// <summary>Tells the log what happens in a run.</summary>
/// <param name="log">The log.</param>
/// <param name="run">The run's configuration.</param>
internal sealed class RunReporter(RunLog log, RunConfiguration run)
{
    private readonly string _kernels = Machine.NameOf(run.Pipeline.Kernels ?? KernelSet.BestTier);
    private DatasetPair? _data;
    private bool _hasDropout;

    /// <summary>Says what runs, on what, with which configuration.</summary>
    /// <param name="configurationFile">The configuration file.</param>
    public void Start(string configurationFile)
    {
        log.Format = run.Logging.Format;
        log.Write(new StartEvent(run.Name, configurationFile, _kernels));
    }

    /// <summary>Says what is trained on, and shows the network.</summary>
    public void Material(RunMaterial material)
    {
        _data = material.Data;
        log.Write(new DataEvent(material.Data, material.Available));
        if (material.Data is { IsSample: true, FallbackReason: { } reason })
        {
            log.Write(TextEvent.Warning($"{DataEvent.SampleLabel}: MNIST could not be had, so this run is on the embedded sample of digits: {reason}"));
        }

        NetworkEvent network = new(run.Name, material.Network);
        _hasDropout = network.HasDropout;
        log.Write(network);
    }

    /// <summary>Says how the run trains and where it writes.</summary>
    public void Training(string folder)
    {
        log.Write(new TrainEvent(run.Training, run.Pipeline, _kernels));
        log.Write(new TextEvent("output", folder, new Field("folder", folder)));
    }

    /// <summary>Tells of epochs and progress until there are no more.</summary>
    public async Task ReadAsync(ChannelReader<TrainingEvent> events)
    {
        await foreach (TrainingEvent what in events.ReadAllAsync())
        {
            switch (what)
            {
                case StepProgress step:
                    log.Write(new StepEvent(step, run.Training.Epochs, step.ImagesPerSecond, Left: null) { HasDropout = _hasDropout });
                    break;
                case EpochResult epoch:
                    log.Write(new EpochEvent(epoch, run.Training.Epochs, _data!.IsSample) { HasDropout = _hasDropout });
                    break;
            }
        }
    }

    /// <summary>Says what came of the run.</summary>
    /// <param name="result">The result.</param>
    /// <param name="signal">The signal that stopped it, if one did.</param>
    public void Summary(TrainingResult result, string? signal)
    {
        int epochs = result.Epochs.Count;
        if (result.IsStopped)
        {
            log.Write(new TextEvent(
                "stopped",
                Text($"by {signal} in epoch {epochs + 1} of {run.Training.Epochs}; the weights are those of the last step"),
                new Field("signal", signal),
                new Field("epoch", epochs + 1),
                new Field("epochs", run.Training.Epochs)));
        }

        if (epochs > 0)
        {
            double training = result.Epochs.Sum(epoch => epoch.Training.Elapsed.TotalSeconds);
            TimeSpan elapsed = TimeSpan.FromSeconds(training + result.Epochs.Sum(epoch => epoch.Test.Elapsed.TotalSeconds));
            double speed = training > 0 ? result.Epochs.Sum(epoch => epoch.Training.Samples) / training : 0;
            PassResult test = result.Epochs[^1].Test;
            log.Write(new DoneEvent(_data!.Name, _data.IsSample, epochs, test, elapsed, speed));
        }

        log.Write(new TextEvent("weights", result.WeightsSha256, new Field("sha256", result.WeightsSha256)));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
