using ConvNN.Model.Layers;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Options;

namespace ConvNN.App.Configuration;

/// <summary>The checked configuration of a run: a section each. Its initial values are the built-in defaults.</summary>
internal sealed record RunConfiguration
{
    /// <summary>What the run is called, in its folder's name and in the log.</summary>
    public string Name { get; init; } = "original";

    /// <summary>Section <c>Data</c>.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>The layers, <c>Model:Layers</c>; <see cref="DefaultNetwork"/> unless a file has its own.</summary>
    public IReadOnlyList<LayerOptions> Layers { get; init; } = [];

    /// <summary>Section <c>Training</c>.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Section <c>Pipeline</c>.</summary>
    public PipelineOptions Pipeline { get; init; } = new();

    /// <summary>Section <c>Checkpoints</c>.</summary>
    public CheckpointOptions Checkpoints { get; init; } = new();

    /// <summary>Section <c>Output</c>.</summary>
    public OutputOptions Output { get; init; } = new();

    /// <summary>Section <c>Logging</c>.</summary>
    public LoggingOptions Logging { get; init; } = new();
}
