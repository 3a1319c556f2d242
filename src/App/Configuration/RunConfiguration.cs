using System.Text.Json.Nodes;
using ConvNN.Data;
using ConvNN.Model.Layers;
using ConvNN.Model.Options;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Options;

namespace ConvNN.App.Configuration;

/// <summary>The validated configuration of a run, one property per section. Its initial values are the built-in defaults.</summary>
internal sealed record RunConfiguration : CheckedOptions
{
    private const int MaxNameLength = 64;

    /// <summary>The declarations of the top-level options.</summary>
    public static IReadOnlyList<Option> Options { get; } =
    [
        Option.Of(
            "Name",
            ValueKinds.RequiredText(
                "it must have 1 to 64 letters, digits, _, - or points, and begin with a letter or digit, since folders are named after it",
                name => name.Length is >= 1 and <= MaxNameLength
                    && char.IsAsciiLetterOrDigit(name[0])
                    && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'),
                () => new JsonObject { ["pattern"] = "^[A-Za-z0-9][A-Za-z0-9_.-]*$", ["maxLength"] = MaxNameLength }),
            (RunConfiguration run) => run.Name,
            (run, name) => run with { Name = name },
            "name of the run, used for its folder and in the log"),
    ];

    /// <summary>The declarations of the options in section <c>Model</c>, beside the layers.</summary>
    public static IReadOnlyList<Option> ModelOptions { get; } =
    [
        Option.Of(
            "Weights",
            ValueKinds.Path,
            (RunConfiguration run) => run.Weights,
            (run, weights) => run with { Weights = weights },
            "model, or folder of a run, whose weights the network begins with, or a PyTorch state dict as safetensors: all that fit by name and shape") with
        { IsOmittedWhenUnset = true },
    ];

    /// <summary>The run's name, used for its folder and in the log.</summary>
    public string Name { get; init => field = Checked(value); } = "original";

    /// <summary>Section <c>Data</c>.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>The layers, <c>Model:Layers</c>; <see cref="DefaultNetwork"/> unless a file has its own.</summary>
    public IReadOnlyList<LayerOptions> Layers { get; init; } = [];

    /// <summary>What the network begins with, <c>Model:Weights</c>: a model file or the folder of a run; null for what the seed gives.</summary>
    public string? Weights { get; init => field = Checked(value); }

    /// <summary>Section <c>Training</c>.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Section <c>Pipeline</c>.</summary>
    public PipelineOptions Pipeline { get; init; } = new();

    /// <summary>Section <c>Cluster</c>.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    /// <summary>Section <c>Checkpoints</c>.</summary>
    public CheckpointOptions Checkpoints { get; init; } = new();

    /// <summary>Section <c>Output</c>.</summary>
    public OutputOptions Output { get; init; } = new();

    /// <summary>Section <c>Dashboard</c>.</summary>
    public DashboardOptions Dashboard { get; init; } = new();

    /// <summary>Section <c>Logging</c>.</summary>
    public LoggingOptions Logging { get; init; } = new();

    /// <summary>The configuration for another machine, which has its own cores and its own copy of a published dataset.</summary>
    public RunConfiguration ForOtherMachines() => this with
    {
        Data = PublishedDataset.All.Any(known => known.Name == Data.Dataset) ? Data with { Directory = null } : Data,
        Pipeline = Pipeline with { Workers = null, Kernels = null, Decoders = null },
    };

    /// <inheritdoc/>
    protected override string Section => "";

    /// <inheritdoc/>
    protected override IReadOnlyList<Option> Declared => [.. Options, .. ModelOptions];
}
