using System.Globalization;
using System.Threading.Channels;
using ConvNN.App.Commands;
using ConvNN.App.Configuration;
using ConvNN.Data;
using ConvNN.Kernels;
using ConvNN.Model;
using ConvNN.Training;
using ConvNN.Training.Events;
using ConvNN.Training.Pipeline;

namespace ConvNN.App.Output;

/// <summary>Prints a run as plain lines that read well on a terminal and in a file. The words at their beginnings are fixed.</summary>
/// <param name="output">Where to.</param>
/// <param name="run">The run's configuration.</param>
internal sealed class RunReporter(LineWriter output, RunConfiguration run)
{
    private const string EpochTitles =
        "epoch  train loss  acc*      test loss   acc       time       images/s  limit          weights       dataset";

    private RunMaterial? _material;

    /// <summary>Prints what runs, on what, with which configuration.</summary>
    public void Start(string configurationFile)
    {
        string kernels = Machine.NameOf(run.Pipeline.Kernels ?? KernelSet.BestTier);
        output.Write($"convnn {Machine.Version} · {Machine.Runtime} · {Machine.Architecture} {kernels} · {Machine.Cores} · {configurationFile}");
    }

    /// <summary>Prints what is trained on, and the network.</summary>
    public void Material(RunMaterial material)
    {
        _material = material;
        DatasetPair data = material.Data;
        Shape shape = data.Train.Shape;
        string limit = data.Train.Count < material.Available ? $"first {Text($"{data.Train.Count:N0}")} of " : "";
        string hashes = data.IsAsPublished ? "SHA-256 as published" : "SHA-256 not among those that are known";
        output.Write(Text($"data    {Label(data)}: {limit}{material.Available:N0} train, {data.Test.Count:N0} test, ")
            + Text($"{shape.Height}×{shape.Width}×{shape.Channels}, {data.Train.Classes} classes; {hashes}; from {data.Source}"));
        if (data.IsSample)
        {
            output.Write(data.FallbackReason is { } reason
                ? $"WARNING MNIST could not be had, so this run is on the embedded sample of digits: {reason}"
                : "        This is a small sample of digits, to try things out. For MNIST: --data mnist");
        }

        foreach (string line in NetworkTable.Lines(run.Name, material.Network))
        {
            output.Write(line);
        }
    }

    /// <summary>Prints how the run trains and where it writes, and the titles of what follows.</summary>
    public void Training(string folder)
    {
        TrainingOptions training = run.Training;
        int workers = run.Pipeline.WorkersFor(training.BatchSize);
        output.Write(Text($"train   {training.Optimizer} {training.LearningRate}, batch {training.BatchSize}, {Plural(training.Epochs, "epoch")}, ")
            + Text($"seed {training.Seed} · {Plural(workers, "worker")} · ^C stops after the step in hand"));
        output.Write($"output  {folder}");
        output.Write(EpochTitles);
        output.Write("       * running mean with dropout on, so it may lie below test accuracy");
    }

    /// <summary>Prints epochs and progress until there are no more.</summary>
    public async Task ReadAsync(ChannelReader<TrainingEvent> events)
    {
        await foreach (TrainingEvent what in events.ReadAllAsync())
        {
            switch (what)
            {
                case StepProgress step:
                    output.Write(Line(step));
                    break;
                case EpochResult epoch:
                    output.Write(Line(epoch));
                    break;
            }
        }
    }

    /// <summary>Prints what came of the run.</summary>
    /// <param name="result">The result.</param>
    /// <param name="signal">The signal that stopped it, if one did.</param>
    public void Summary(TrainingResult result, string? signal)
    {
        int epochs = result.Epochs.Count;
        double seconds = result.Epochs.Sum(epoch => (epoch.Training.Elapsed + epoch.Test.Elapsed).TotalSeconds);
        double training = result.Epochs.Sum(epoch => epoch.Training.Elapsed.TotalSeconds);
        double speed = training > 0 ? result.Epochs.Sum(epoch => epoch.Training.Samples) / training : 0;
        string after = Text($"after {Plural(epochs, "epoch")} in {seconds:0.0} s, {speed:N0} images/s");
        if (result.IsStopped)
        {
            output.Write(Text($"stopped by {signal} in epoch {epochs + 1} of {run.Training.Epochs}; the weights are those of the last step"));
        }

        if (epochs > 0)
        {
            PassResult test = result.Epochs[^1].Test;
            output.Write(Text($"done    {Label(_material!.Data)} test {Percent(test.Accuracy)} ({test.Samples - test.Correct:N0} of {test.Samples:N0} wrong) {after}"));
        }

        output.Write($"weights {result.WeightsSha256}");
    }

    private static string Label(DatasetPair data) => data.IsSample ? "SAMPLE, NOT MNIST" : data.Name;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double fraction) => Text($"{100 * fraction:0.00} %");

    private static string Plural(int count, string what) => Text($"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private string Number(int epoch) => Text($"{epoch}/{run.Training.Epochs}").PadLeft(5);

    private string Line(StepProgress step) => Text(
        $"{Number(step.Epoch)}  step {step.Step:N0}/{step.Steps:N0}  loss {step.Loss:0.0000}  acc* {Percent(step.Accuracy)}  {step.ImagesPerSecond:N0} images/s");

    private string Line(EpochResult epoch)
    {
        StageLoad limit = epoch.Training.Limit;
        string time = Text($"{epoch.Training.Elapsed.TotalSeconds:0.00} s");
        string busy = Text($"{limit.Stage} {100 * limit.Busy:0} %");
        return Text($"{Number(epoch.Epoch)}  {epoch.Training.Loss,-10:0.0000}  {Percent(epoch.Training.Accuracy),8}  {epoch.Test.Loss,-10:0.0000}  ")
            + Text($"{Percent(epoch.Test.Accuracy),8}  {time,-9}  {epoch.Training.ImagesPerSecond,8:N0}  {busy,-13}  {epoch.WeightsSha256[..12]}  ")
            + (_material!.Data.IsSample ? "SAMPLE" : epoch.Dataset);
    }
}
