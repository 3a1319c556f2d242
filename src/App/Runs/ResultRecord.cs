namespace ConvNN.App.Runs;

/// <summary>What has come of a run.</summary>
/// <param name="Outcome"><see cref="Running"/>, <see cref="Done"/>, <see cref="Stopped"/> or <see cref="Failed"/>.</param>
internal sealed record ResultRecord(string Outcome)
{
    /// <summary>It goes on, or was killed.</summary>
    public const string Running = "running";

    /// <summary>All epochs were trained.</summary>
    public const string Done = "done";

    /// <summary>A signal has stopped it.</summary>
    public const string Stopped = "stopped";

    /// <summary>A fault has ended it.</summary>
    public const string Failed = "failed";

    /// <summary>What the process ended with; null while it goes on.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that stopped it: <c>SIGINT</c>.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>The fault that ended it, as it was printed.</summary>
    public string? Fault { get; init; }

    /// <summary>Whole epochs that were trained; each has a line in <c>history.csv</c>.</summary>
    public int Epochs { get; init; }

    /// <summary>The epoch whose weights are the model: the best by validation, or the last without it.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>Accuracy on the test set of the weights in <c>model.safetensors</c>; null if they were not evaluated.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>SHA-256 of the weights in <c>model.safetensors</c>; null as long as there is none.</summary>
    public string? WeightsSha256 { get; init; }
}
