using ConvNN.App.Output;
using ConvNN.Dashboard;
using ConvNN.Data.Cache;
using ConvNN.Data.Download;
using ConvNN.Data.Files;
using ConvNN.Formats.SafeTensors;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Pictures;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Cluster;
using ConvNN.Training.Pipeline.Supervision;

namespace ConvNN.App.Faults;

/// <summary>The reason why a run ended, as the user sees it: an exit code, and a line for each problem.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Kind">The kind of fault, with which each line begins.</param>
/// <param name="Exception">The exception that was thrown.</param>
internal sealed record Fault(int ExitCode, string Kind, Exception Exception)
{
    // The one map from exceptions to exit codes; any other exception is a bug.
    private static readonly (Type Type, int ExitCode, string Kind)[] Map =
    [
        (typeof(UsageException), Faults.ExitCode.Configuration, "usage"),
        (typeof(ConfigurationException), Faults.ExitCode.Configuration, "configuration"),
        (typeof(NetworkException), Faults.ExitCode.Configuration, "configuration"),
        (typeof(WebServerException), Faults.ExitCode.Configuration, "dashboard"),
        (typeof(DatasetException), Faults.ExitCode.Dataset, "dataset"),
        (typeof(PictureException), Faults.ExitCode.Dataset, "picture"),
        (typeof(UnreadException), Faults.ExitCode.Dataset, "picture"),
        (typeof(DownloadException), Faults.ExitCode.Download, "download"),
        (typeof(CacheException), Faults.ExitCode.Output, "cache"),
        (typeof(OutputException), Faults.ExitCode.Output, "output"),
        (typeof(UnprintedException), Faults.ExitCode.Output, "output"),
        (typeof(RunFileException), Faults.ExitCode.ModelFile, "run"),
        (typeof(CheckpointException), Faults.ExitCode.ModelFile, "checkpoint"),
        (typeof(CheckpointWriteException), Faults.ExitCode.Output, "checkpoint"),
        (typeof(ModelFileException), Faults.ExitCode.ModelFile, "model"),
        (typeof(DivergenceException), Faults.ExitCode.Diverged, "diverged"),
        (typeof(StallException), Faults.ExitCode.Stalled, "stalled"),
        (typeof(ClusterException), Faults.ExitCode.Cluster, "cluster"),
        (typeof(DifferenceException), Faults.ExitCode.Different, "verify"),
        (typeof(PipelineException), Faults.ExitCode.Bug, "pipeline"),

        // What the system refuses at a place that knows no better words for it.
        (typeof(UnauthorizedAccessException), Faults.ExitCode.Output, "files"),
        (typeof(IOException), Faults.ExitCode.Output, "files"),
    ];

    /// <summary>The fault for an exception.</summary>
    /// <param name="exception">The exception that was thrown.</param>
    /// <param name="signalCode">The exit code of the signal, if it cancelled a run before the run could report it; 0 for none.</param>
    /// <param name="signalName">The signal's name.</param>
    public static Fault Of(Exception exception, int signalCode, string? signalName) =>
        exception is OperationCanceledException && signalCode != 0
            ? new Fault(
                signalCode,
                $"stopped by {signalName}",
                exception is DownloadStoppedException ? exception : new OperationCanceledException("before training began.", exception))
            : Of(exception);

    /// <summary>The fault for an exception.</summary>
    /// <param name="exception">The exception that was thrown.</param>
    public static Fault Of(Exception exception)
    {
        if (exception is SweepException sweep)
        {
            return new Fault(sweep.ExitCode, "sweep", sweep);
        }

        if (exception is UnprintedException { IsReaderGone: true })
        {
            return new Fault(Faults.ExitCode.ReaderGone, "output", exception);
        }

        if (IsOutOfMemory(exception))
        {
            return new Fault(Faults.ExitCode.SystemLimit, "memory", new MemoryException(exception));
        }

        foreach ((Type type, int exitCode, string kind) in Map)
        {
            if (type.IsInstanceOfType(exception))
            {
                return new Fault(exitCode, kind, exception);
            }
        }

        return new Fault(Faults.ExitCode.Bug, $"bug: {exception.GetType().Name}", exception);
    }

    // It may have happened in a worker, whose exception others carry.
    private static bool IsOutOfMemory(Exception? exception) => exception switch
    {
        null => false,
        OutOfMemoryException => true,
        AggregateException several => several.InnerExceptions.Any(IsOutOfMemory),
        _ => IsOutOfMemory(exception.InnerException),
    };

    /// <summary>
    /// A line for each failure of a configuration and for each picture that cannot be read, or one line for any other fault; each line names the kind of fault. There is none if
    /// the reader of stdout has left: other programs say nothing of it either.
    /// </summary>
    public IEnumerable<string> Lines()
    {
        if (ExitCode == Faults.ExitCode.ReaderGone)
        {
            return [];
        }

        IReadOnlyList<string> failures = Exception switch
        {
            ConfigurationException configuration => [.. configuration.Failures.Select(failure => $"{failure}")],
            UnreadException unread => unread.Files,
            _ => [Exception.Message],
        };
        return failures.Select(failure =>
            failure.StartsWith(Kind, StringComparison.OrdinalIgnoreCase) ? OneLine(failure) : $"{Kind}: {OneLine(failure)}");
    }

    /// <summary>Reports the fault.</summary>
    /// <param name="error">Where it is written.</param>
    /// <param name="isVerbose">Whether to include the stack trace.</param>
    /// <param name="prefix">What each line begins with.</param>
    public void WriteTo(LineWriter error, bool isVerbose, string prefix = "")
    {
        foreach (string line in Lines())
        {
            error.Show(prefix + line);
        }

        if (isVerbose)
        {
            foreach (string line in Exception.ToString().Split(Environment.NewLine))
            {
                error.Show(line);
            }
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
