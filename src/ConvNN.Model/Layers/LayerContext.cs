using ConvNN.Kernels;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Layers;

/// <summary>The context of a layer's call: its samples, the weights, and the worker's own memory.</summary>
public readonly ref struct LayerContext
{
    /// <summary>The samples of the call.</summary>
    public required SampleRun Run { get; init; }

    /// <summary>The kernels of the run's tier.</summary>
    public required KernelSet Kernels { get; init; }

    /// <summary>What forward saves for backward: the layer's <see cref="Layer.SavedBytes"/> per sample.</summary>
    public required Span<byte> Saved { get; init; }

    /// <summary>Scratch memory for the call; its initial content is undefined.</summary>
    public required Span<float> Scratch { get; init; }

    /// <summary>The second input of a layer that ends a shortcut, [N, stride]; empty for other layers.</summary>
    public ReadOnlySpan<float> Shortcut { get; init; }

    /// <summary>N, the samples of the call.</summary>
    public int Samples => Run.Count;

    /// <summary>The values of a parameter, rows with padding.</summary>
    public ReadOnlySpan<float> Value(Parameter parameter) => Run.Weights.Slice(parameter.Offset, parameter.Length);

    /// <summary>The values of an optional parameter; empty if the layer does not have it.</summary>
    public ReadOnlySpan<float> ValueOrEmpty(Parameter? parameter) => parameter is null ? default : Value(parameter);
}
