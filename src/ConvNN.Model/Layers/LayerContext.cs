using ConvNN.Kernels;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Layers;

/// <summary>What a layer's call works with: the samples it sees, the weights, and the worker's own memory.</summary>
public readonly ref struct LayerContext
{
    /// <summary>The samples of the call.</summary>
    public required SampleRun Run { get; init; }

    /// <summary>The kernels of the run's tier.</summary>
    public required KernelSet Kernels { get; init; }

    /// <summary>What forward leaves for backward: the layer's <see cref="Layer.SavedBytes"/> per sample.</summary>
    public required Span<byte> Saved { get; init; }

    /// <summary>Memory of any content that a call may use as it likes.</summary>
    public required Span<float> Scratch { get; init; }

    /// <summary>The second input of a step that ends a shortcut, [N, stride]; empty for the others.</summary>
    public ReadOnlySpan<float> Shortcut { get; init; }

    /// <summary>N, the samples of the call.</summary>
    public int Samples => Run.Count;

    /// <summary>The values of a parameter, rows with their padding.</summary>
    public ReadOnlySpan<float> Value(Parameter parameter) => Run.Weights.Slice(parameter.Offset, parameter.Length);

    /// <summary>The values of a parameter that the layer may lack; empty then.</summary>
    public ReadOnlySpan<float> ValueOrEmpty(Parameter? parameter) => parameter is null ? default : Value(parameter);
}
