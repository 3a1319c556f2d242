using ConvNN.Kernels.Vectors;

namespace ConvNN.Training.Checkpoints;

/// <summary>
/// The numbers that a step changes: the weights, including running statistics, and the optimizer's state. Random numbers
/// have no state: they are functions of seed, layer, epoch and image.
/// </summary>
/// <param name="weights">The weights, in the network's layout.</param>
/// <param name="optimizer">The optimizer's buffers by name, each of the trained part's length.</param>
/// <param name="model">The model of the run so far, in the network's layout, if it is not the weights themselves: an average, or the best epoch's weights.</param>
public sealed class TrainingState(AlignedBuffer weights, IReadOnlyDictionary<string, AlignedBuffer> optimizer, AlignedBuffer? model = null)
{
    /// <summary>The weights, in the network's layout.</summary>
    public AlignedBuffer Weights { get; } = weights;

    /// <summary>The optimizer's buffers by name.</summary>
    public IReadOnlyDictionary<string, AlignedBuffer> Optimizer { get; } = optimizer;

    /// <summary>The model of the run so far; null if it is the weights themselves.</summary>
    public AlignedBuffer? Model { get; } = model;

    /// <summary>Bytes of all buffers.</summary>
    public long Bytes => sizeof(float) * (Weights.Length + (Model?.Length ?? 0) + Optimizer.Values.Sum(buffer => (long)buffer.Length));

    /// <summary>Buffers of the same names and lengths, all zero.</summary>
    public TrainingState NewLike() => new(
        new AlignedBuffer(Weights.Length),
        Optimizer.ToDictionary(buffer => buffer.Key, buffer => new AlignedBuffer(buffer.Value.Length), StringComparer.Ordinal),
        Model is null ? null : new AlignedBuffer(Model.Length));

    /// <summary>Copies all buffers of a state of the same names and lengths.</summary>
    public void CopyFrom(TrainingState other)
    {
        other.Weights.Span.CopyTo(Weights.Span);
        other.Model?.Span.CopyTo(Model!.Span);
        foreach ((string name, AlignedBuffer buffer) in Optimizer)
        {
            other.Optimizer[name].Span.CopyTo(buffer.Span);
        }
    }
}
