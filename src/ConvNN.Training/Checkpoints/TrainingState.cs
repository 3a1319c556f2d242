using ConvNN.Kernels;

namespace ConvNN.Training.Checkpoints;

/// <summary>
/// The numbers that a step changes: weights, running statistics among them, and what the optimizer remembers. Random
/// numbers have no state: they are functions of seed, layer, epoch and image.
/// </summary>
/// <param name="weights">The weights, in the network's layout.</param>
/// <param name="optimizer">The optimizer's buffers by name, each of the trained part's length.</param>
public sealed class TrainingState(AlignedBuffer weights, IReadOnlyDictionary<string, AlignedBuffer> optimizer)
{
    /// <summary>The weights, in the network's layout.</summary>
    public AlignedBuffer Weights { get; } = weights;

    /// <summary>The optimizer's buffers by name.</summary>
    public IReadOnlyDictionary<string, AlignedBuffer> Optimizer { get; } = optimizer;

    /// <summary>Bytes of all buffers.</summary>
    public long Bytes => sizeof(float) * (Weights.Length + Optimizer.Values.Sum(buffer => (long)buffer.Length));

    /// <summary>Buffers of the same names and lengths, all zero.</summary>
    public TrainingState NewLike() => new(
        new AlignedBuffer(Weights.Length),
        Optimizer.ToDictionary(buffer => buffer.Key, buffer => new AlignedBuffer(buffer.Value.Length), StringComparer.Ordinal));

    /// <summary>Copies all buffers of a state of the same names and lengths.</summary>
    public void CopyFrom(TrainingState other)
    {
        other.Weights.Span.CopyTo(Weights.Span);
        foreach ((string name, AlignedBuffer buffer) in Optimizer)
        {
            other.Optimizer[name].Span.CopyTo(buffer.Span);
        }
    }
}
