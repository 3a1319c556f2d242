using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>The log output: section <c>Logging</c> of the configuration.</summary>
internal sealed record LoggingOptions : CheckedOptions
{
    /// <summary>The words for the formats of stdout.</summary>
    public static readonly IReadOnlyDictionary<string, LogFormat> FormatWords = new Dictionary<string, LogFormat>(StringComparer.OrdinalIgnoreCase)
    {
        ["text"] = LogFormat.Text,
        ["json"] = LogFormat.Json,
    };

    /// <summary>The declarations of the options, in the order of the help.</summary>
    public static IReadOnlyList<Option> Options { get; } =
    [
        Option.Of(
            "Format",
            ValueKinds.Word(FormatWords),
            (LoggingOptions o) => o.Format,
            (o, v) => o with { Format = v },
            "the format of stdout: text, which is key=value except on a terminal, or json, one object per line"),
        Option.Of(
            "IntervalSeconds",
            ValueKinds.Seconds,
            (LoggingOptions o) => o.Interval,
            (o, v) => o with { Interval = v },
            "seconds between two progress lines of an epoch"),
    ];

    /// <summary>What stdout shows.</summary>
    public LogFormat Format { get; init; }

    /// <summary>Time between two progress lines of an epoch.</summary>
    public TimeSpan Interval { get; init => field = Checked(value, "IntervalSeconds"); } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override string Section => "Logging";

    /// <inheritdoc/>
    protected override IReadOnlyList<Option> Declared => Options;
}
