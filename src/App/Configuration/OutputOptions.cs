using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>The run's files: section <c>Output</c> of the configuration.</summary>
internal sealed record OutputOptions : CheckedOptions
{
    /// <summary>The declarations of the options.</summary>
    public static IReadOnlyList<Option> Options { get; } =
    [
        Option.Of(
            "Directory",
            ValueKinds.Path,
            (OutputOptions o) => o.Directory,
            (o, v) => o with { Directory = v },
            "folder for the run's files; by default, runs/<yyyyMMdd-HHmmss>-<Name>"),
    ];

    /// <summary>The run's folder; null for a new one, <c>runs/&lt;yyyyMMdd-HHmmss&gt;-&lt;Name&gt;</c>.</summary>
    public string? Directory { get; init => field = Checked(value); }

    /// <inheritdoc/>
    protected override string Section => "Output";

    /// <inheritdoc/>
    protected override IReadOnlyList<Option> Declared => Options;
}
