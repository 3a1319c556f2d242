using System.Globalization;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Training;
using ConvNN.Training.Metrics;

namespace ConvNN.App.Commands.Trace;

/// <summary>
/// <c>convnn trace --step N</c>: trains up to a step and shows its samples, leaves, sum tree and update. Writes no files.
/// </summary>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="request">The step, and the output format.</param>
/// <param name="signals">Stops it.</param>
/// <param name="output">Where it prints.</param>
/// <param name="log">Where downloads are reported.</param>
/// <param name="time">The clock.</param>
/// <param name="meter">Measures the run.</param>
internal sealed class TraceCommand(
    ConfigurationSources sources,
    TraceRequest request,
    StopSignals signals,
    LineWriter output,
    RunLog log,
    TimeProvider time,
    TrainingMeter meter) : ICommand
{
    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        RunConfiguration run = ConfigurationReader.Read(sources);
        long step = StepOf(request);
        if (request.IsJson)
        {
            log.IsShown = _ => false;
        }

        RunMaterial material = await RunMaterial.LoadAsync(run, new DownloadReporter(log, run.Logging.Interval, time), cancellationToken);
        long steps = (material.Data.Train.Count + run.Training.BatchSize - 1) / run.Training.BatchSize;
        if (step > steps * run.Training.Epochs)
        {
            throw new UsageException($"--step is {step}, but the run has {steps * run.Training.Epochs:N0} steps, {steps:N0} in each epoch. Take a smaller one, or more --epochs.");
        }

        Print(LessonHead.Lines(run, sources.File.Name, material));

        Trainer trainer = new(material.Network, material.Data, run.Training, run.Pipeline) { Meter = meter };
        if (await trainer.TraceAsync(step, cancellationToken) is not { } trace)
        {
            Print([$"stopped by {signals.Name} before step {step.ToString("N0")}; nothing is shown"]);
            return signals.ExitCode;
        }

        Print(new TraceReport(trace, run.Training, steps).Lines());
        if (request.IsJson)
        {
            output.WriteText(new TraceJson(trace, steps).Of(LessonHead.Json(run, sources.File.Name, material)));
        }

        return ExitCode.Done;
    }

    private void Print(IEnumerable<string> lines)
    {
        foreach (string line in request.IsJson ? [] : lines)
        {
            output.Write(line);
        }
    }

    private static long StepOf(TraceRequest request) => request.Step switch
    {
        null => throw new UsageException($"trace needs the step to show, from 1: {Invocation.Of("trace --step 1")}"),
        { } text when long.TryParse(text, NumberStyles.None, null, out long step) && step > 0 => step,
        { } text => throw new UsageException($"--step is {text}; it must be a whole number from 1, counted over all epochs."),
    };
}
