using ConvNN.Model.Networks;
using ConvNN.Model.Samples;

namespace ConvNN.Training.Pipeline.FullGradients;

/// <summary>One worker's copy of the network's memory: the activations of its samples. All replicas read the same weights.</summary>
/// <param name="network">The network.</param>
/// <param name="work">Prepares samples and evaluates losses.</param>
/// <param name="workspace">Memory for a shard.</param>
internal sealed class Replica(Network network, SampleWork work, Workspace workspace)
{
    /// <summary>Computes losses and predictions of the shard's samples and, in training, the gradients of its subtrees.</summary>
    /// <param name="shard">The shard; its batch and its gradients receive the results.</param>
    public void Compute(Shard shard)
    {
        StepJob step = shard.Step;
        SampleRun run = work.Run(shard);
        network.Forward(run, workspace);
        work.Evaluate(run, step.Batch, shard.FirstSample, workspace);
        if (run.IsTraining)
        {
            network.Backward(run, workspace, shard.Gradients);
        }
    }
}
