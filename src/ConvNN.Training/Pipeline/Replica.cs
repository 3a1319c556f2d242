using ConvNN.Data;
using ConvNN.Kernels;
using ConvNN.Model;
using ConvNN.Model.Losses;

namespace ConvNN.Training.Pipeline;

/// <summary>
/// What a worker owns: memory for its activations and gradients. It reads the one buffer of weights that all workers
/// share: in a synchronous step nobody writes them while workers compute, so a private copy would only cost time.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="loss">The loss.</param>
/// <param name="weights">The weights, shared.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="capacity">The most samples of a shard.</param>
/// <param name="kernels">The kernels of the run.</param>
public sealed class Replica(Network network, ILoss loss, AlignedBuffer weights, ulong seed, int capacity, KernelSet kernels)
{
    private readonly Workspace _workspace = new(network, capacity, kernels);

    /// <summary>
    /// Computes losses and predictions of the shard's samples and, in training, the gradients of its subtrees.
    /// </summary>
    /// <param name="shard">The shard; its batch and its gradients receive the results.</param>
    public void Compute(Shard shard)
    {
        MiniBatch batch = shard.Batch!;
        bool isTraining = shard.Source!.IsTraining;
        SampleRun run = new()
        {
            Images = batch.Images.Slice(shard.FirstSample * batch.Shape.Stride, shard.Count * batch.Shape.Stride),
            Labels = batch.Labels.Slice(shard.FirstSample, shard.Count),
            Indices = batch.Indices.Slice(shard.FirstSample, shard.Count),
            Weights = weights.Span,
            IsTraining = isTraining,
            Seed = seed,
            Epoch = shard.Source.Epoch,
        };

        ReadOnlySpan<float> outputs = network.Forward(run, _workspace);
        Span<float> gradient = isTraining ? _workspace.OutputGradient(run.Count) : default;
        for (int n = 0; n < run.Count; n++)
        {
            int at = n * network.Output.Stride;
            ReadOnlySpan<float> sample = outputs.Slice(at, network.Output.Count);
            batch.Losses[shard.FirstSample + n] = loss.Evaluate(
                sample, run.Labels[n], isTraining ? gradient.Slice(at, network.Output.Count) : default);
            batch.Predictions[shard.FirstSample + n] = SoftmaxKernels.ArgMax(sample);
        }

        if (isTraining)
        {
            Workspace.ClearPadding(gradient, network.Output, run.Count);
            network.Backward(run, _workspace, shard.Gradients);
        }
    }
}
