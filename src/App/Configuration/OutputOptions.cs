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
        Option.Of(
            "StepEvery",
            ValueKinds.Integer(0),
            (OutputOptions o) => o.StepEvery,
            (o, v) => o with { StepEvery = v },
            "steps between two lines of steps.csv: loss, accuracy, rate, gradient norm, images/s; 0 for no such file"),
        Option.Of(
            "TensorBoard",
            ValueKinds.Boolean,
            (OutputOptions o) => o.TensorBoard,
            (o, v) => o with { TensorBoard = v },
            "whether to write event files for TensorBoard: curves, weights, filters, misread images"),
    ];

    /// <summary>The run's folder; null for a new one, <c>runs/&lt;yyyyMMdd-HHmmss&gt;-&lt;Name&gt;</c>.</summary>
    public string? Directory { get; init => field = Checked(value); }

    /// <summary>N, to record each Nth step in <c>steps.csv</c>; 0 for none.</summary>
    public int StepEvery { get; init => field = Checked(value); }

    /// <summary>Whether to write event files for TensorBoard, in the folder <c>tensorboard</c>.</summary>
    public bool TensorBoard { get; init => field = Checked(value); }

    /// <inheritdoc/>
    protected override string Section => "Output";

    /// <inheritdoc/>
    protected override IReadOnlyList<Option> Declared => Options;
}
