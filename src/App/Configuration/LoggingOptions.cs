namespace ConvNN.App.Configuration;

/// <summary>What is printed: section <c>Logging</c> of the configuration.</summary>
internal sealed record LoggingOptions
{
    /// <summary>What stdout shows.</summary>
    public LogFormat Format { get; init; }

    /// <summary>Time between two lines on the progress of an epoch.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);
}
