using ConvNN.App.Commands;
using ConvNN.App.Hosting;
using ConvNN.App.Output;
using ConvNN.App.Output.Records;
using ConvNN.App.Sweeps;
using ConvNN.Data;
using ConvNN.Data.Download;
using ConvNN.Formats;
using ConvNN.Model;
using ConvNN.Model.Options;
using ConvNN.Training;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Pipeline;

namespace ConvNN.App;

/// <summary>What ended a run, as the user sees it: an exit code, and a line for each thing that is wrong.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Kind">What kind of fault it is: the beginning of each line.</param>
/// <param name="Exception">What was thrown.</param>
internal sealed record Fault(int ExitCode, string Kind, Exception Exception)
{
    // The one map from exceptions to exit codes; what is not here is a bug.
    private static readonly (Type Type, int ExitCode, string Kind)[] Map =
    [
        (typeof(UsageException), App.ExitCode.Configuration, "usage"),
        (typeof(ConfigurationException), App.ExitCode.Configuration, "configuration"),
        (typeof(NetworkException), App.ExitCode.Configuration, "configuration"),
        (typeof(DatasetException), App.ExitCode.Dataset, "dataset"),
        (typeof(DownloadException), App.ExitCode.Download, "download"),
        (typeof(CacheException), App.ExitCode.Output, "cache"),
        (typeof(OutputException), App.ExitCode.Output, "output"),
        (typeof(RunFileException), App.ExitCode.ModelFile, "run"),
        (typeof(CheckpointException), App.ExitCode.ModelFile, "checkpoint"),
        (typeof(CheckpointWriteException), App.ExitCode.Output, "checkpoint"),
        (typeof(ModelFileException), App.ExitCode.ModelFile, "model"),
        (typeof(DivergenceException), App.ExitCode.Diverged, "diverged"),
        (typeof(StallException), App.ExitCode.Stalled, "stalled"),
        (typeof(PipelineException), App.ExitCode.Bug, "pipeline"),
    ];

    /// <summary>The fault that an exception stands for.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="signals">Which signal was received, if a run was cancelled before it could say so itself.</param>
    public static Fault Of(Exception exception, StopSignals signals) =>
        exception is OperationCanceledException && signals.ExitCode != 0
            ? new Fault(
                signals.ExitCode,
                $"stopped by {signals.Name}",
                exception is DownloadStoppedException ? exception : new OperationCanceledException("before training began.", exception))
            : Of(exception);

    /// <summary>The fault that an exception stands for.</summary>
    /// <param name="exception">What was thrown.</param>
    public static Fault Of(Exception exception)
    {
        if (exception is SweepException sweep)
        {
            return new Fault(sweep.ExitCode, "sweep", sweep);
        }

        foreach ((Type type, int exitCode, string kind) in Map)
        {
            if (type.IsInstanceOfType(exception))
            {
                return new Fault(exitCode, kind, exception);
            }
        }

        return new Fault(App.ExitCode.Bug, $"bug: {exception.GetType().Name}", exception);
    }

    /// <summary>A line for each failure of a configuration, one for everything else; each says what kind of fault it is.</summary>
    public IEnumerable<string> Lines()
    {
        IReadOnlyList<string> failures = Exception is ConfigurationException configuration ? configuration.Failures : [Exception.Message];
        return failures.Select(failure =>
            failure.StartsWith(Kind, StringComparison.OrdinalIgnoreCase) ? OneLine(failure) : $"{Kind}: {OneLine(failure)}");
    }

    /// <summary>Reports the fault.</summary>
    /// <param name="error">Where to.</param>
    /// <param name="isVerbose">Whether the stack trace is wanted too.</param>
    public void WriteTo(LineWriter error, bool isVerbose)
    {
        foreach (string line in Lines())
        {
            error.Write(line);
        }

        if (isVerbose)
        {
            error.Write(Exception.ToString());
        }
    }

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
