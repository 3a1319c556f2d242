namespace ConvNN.App.Faults;

/// <summary>The exit codes of the process. Signals have their own codes: 128 plus the signal number.</summary>
internal static class ExitCode
{
    /// <summary>Success.</summary>
    public const int Done = 0;

    /// <summary>A bug.</summary>
    public const int Bug = 1;

    /// <summary>Invalid usage or configuration.</summary>
    public const int Configuration = 2;

    /// <summary>The dataset is missing or invalid.</summary>
    public const int Dataset = 3;

    /// <summary>Output cannot be written.</summary>
    public const int Output = 4;

    /// <summary>A model file, or a run's file that is read back, is invalid.</summary>
    public const int ModelFile = 5;

    /// <summary>Training diverged.</summary>
    public const int Diverged = 6;

    /// <summary>The pipeline stalled.</summary>
    public const int Stalled = 7;

    /// <summary>A dataset cannot be downloaded.</summary>
    public const int Download = 8;

    /// <summary>The ranks of a job cannot work together, or not any more.</summary>
    public const int Cluster = 9;

    /// <summary><c>verify</c> found a difference.</summary>
    public const int Different = 10;

    /// <summary>There is not enough memory, or a limit of the system does not allow what is needed.</summary>
    public const int SystemLimit = 11;

    /// <summary>
    /// Who read stdout has left. Most programs die of SIGPIPE then, and a shell gives them this code; the runtime ignores that signal,
    /// since sockets have pipes, too.
    /// </summary>
    public const int ReaderGone = 128 + 13;
}
