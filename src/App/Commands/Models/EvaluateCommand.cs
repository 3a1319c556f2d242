using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;

namespace ConvNN.App.Commands.Models;

/// <summary><c>convnn evaluate</c>: tests a model on the test images of its run's dataset, or of another.</summary>
/// <param name="request">The model, and the output format.</param>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="output">Where it prints.</param>
/// <param name="log">Where downloads are reported.</param>
/// <param name="time">The clock.</param>
/// <param name="job">The job that this process is a rank of, if any: its ranks share the images, and the first one prints.</param>
internal sealed class EvaluateCommand(EvaluateRequest request, ConfigurationSources sources, LineWriter output, RunLog log, TimeProvider time, Job job) : IRankCommand
{
    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        RunConfiguration run = ConfigurationReader.Read(sources);
        if (request.IsJson)
        {
            log.IsShown = _ => false;
        }

        job.Start(run.Cluster);
        ModelTest test = await ModelTest.RunAsync(request.Model.Path, run, new DownloadReporter(log, run.Logging.Interval, time), cancellationToken, job);
        if (test.Data is { IsSample: true, FallbackReason: { } reason })
        {
            log.Write(TextEvent.Warning($"{DataEvent.SampleLabel}: MNIST is not available, so the model is tested on the embedded sample of digits: {reason}"));
        }

        if (!job.IsFirst)
        {
            return ExitCode.Done;
        }

        EvaluationReport report = new(request.Model.Path, test);
        foreach (string line in request.IsJson ? report.Json().Split('\n') : Fold.Long(report.Lines(output.Columns), output.Columns))
        {
            output.Write(line);
        }

        return ExitCode.Done;
    }
}
