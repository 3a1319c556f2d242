namespace ConvNN.App.Runs;

/// <summary>The result of a run.</summary>
/// <param name="Outcome"><see cref="Running"/>, <see cref="Interrupted"/>, <see cref="Done"/>, <see cref="Stopped"/> or <see cref="Failed"/>.</param>
internal sealed record ResultRecord(string Outcome)
{
    /// <summary>It is still running; the file of a run that was killed says so for ever.</summary>
    public const string Running = "running";

    /// <summary>It was killed: its process is gone and could not record it. No file says so; <see cref="RunRecord.Read"/> finds out.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>All epochs were trained.</summary>
    public const string Done = "done";

    /// <summary>A signal stopped it.</summary>
    public const string Stopped = "stopped";

    /// <summary>A fault ended it.</summary>
    public const string Failed = "failed";

    /// <summary>The exit code of the process; null while it is running.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that stopped it: <c>SIGINT</c>.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>The fault that ended it, as it was printed.</summary>
    public string? Fault { get; init; }

    /// <summary>The number of finished epochs; each has a line in <c>history.csv</c>.</summary>
    public int Epochs { get; init; }

    /// <summary>The epoch whose weights are the model: the best by validation, or the last one without validation.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>Accuracy on the test set of the weights in <c>model.safetensors</c>; null if they were not evaluated.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>SHA-256 of the weights in <c>model.safetensors</c>; null while there is none.</summary>
    public string? WeightsSha256 { get; init; }
}
