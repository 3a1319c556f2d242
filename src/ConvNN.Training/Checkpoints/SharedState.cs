using System.Runtime.InteropServices;
using System.Text.Json;
using ConvNN.Kernels.Vectors;
using ConvNN.Training.Cluster;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Checkpoints;

/// <summary>Gives all ranks the state of rank 0, which alone reads and writes checkpoints.</summary>
internal static class SharedState
{
    /// <summary>Sends the state to all ranks; called by each of them.</summary>
    /// <param name="communicator">Connects the ranks.</param>
    /// <param name="state">That of rank 0; the other ranks' receives it.</param>
    /// <param name="progress">The position of rank 0's state in the run.</param>
    /// <returns>The position on all ranks.</returns>
    /// <exception cref="ClusterException">Ranks do not answer.</exception>
    public static TrainingProgress Broadcast(ICommunicator communicator, TrainingState state, TrainingProgress progress)
    {
        byte[] json = communicator.Share(JsonSerializer.SerializeToUtf8Bytes(progress, CheckpointJson.Default.TrainingProgress));
        foreach (AlignedBuffer buffer in (IEnumerable<AlignedBuffer>)[state.Weights, .. state.Model is { } model ? [model] : Array.Empty<AlignedBuffer>(), .. state.Optimizer.OrderBy(named => named.Key, StringComparer.Ordinal).Select(named => named.Value)])
        {
            communicator.Broadcast(MemoryMarshal.AsBytes(buffer.Span), root: 0);
        }

        return JsonSerializer.Deserialize(json, CheckpointJson.Default.TrainingProgress)!;
    }
}
