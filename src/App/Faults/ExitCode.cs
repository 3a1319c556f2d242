namespace ConvNN.App.Faults;

/// <summary>What the process ends with. Signals have codes of their own, 128 and their number.</summary>
internal static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Done = 0;

    /// <summary>A bug; of <c>verify</c>: the weights differ.</summary>
    public const int Bug = 1;

    /// <summary>Usage or configuration.</summary>
    public const int Configuration = 2;

    /// <summary>The dataset is missing or invalid.</summary>
    public const int Dataset = 3;

    /// <summary>Output cannot be written.</summary>
    public const int Output = 4;

    /// <summary>A model file, or a file of a run that is read again, is invalid.</summary>
    public const int ModelFile = 5;

    /// <summary>Training diverged.</summary>
    public const int Diverged = 6;

    /// <summary>The pipeline stalled.</summary>
    public const int Stalled = 7;

    /// <summary>A dataset cannot be fetched.</summary>
    public const int Download = 8;
}
