using ConvNN.Data.Augmentations;
using ConvNN.Kernels.Losses;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Samples;
using ConvNN.Training.Evaluation;

namespace ConvNN.Training.Pipeline;

/// <summary>What every exchange does with samples: prepares runs of them for the network and evaluates their losses.</summary>
/// <param name="network">The network.</param>
/// <param name="loss">The loss.</param>
/// <param name="weights">
/// The weights, which all workers read. In a synchronous step no weight is written while others compute with it, so workers
/// share them; only weights that members own by features are read from memory of their own.
/// </param>
/// <param name="seed">The run's seed.</param>
/// <param name="statistics">What layers record about the leaves of a step.</param>
/// <param name="augmentation">Changes training images at random; null for none.</param>
internal sealed class SampleWork(Network network, ILoss loss, AlignedBuffer weights, ulong seed, LeafStatistics statistics, IAugmentation? augmentation = null)
{
    /// <summary>What layers record about the leaves of a step.</summary>
    public LeafStatistics Statistics => statistics;

    /// <summary>Loads the samples of a shard and returns them as a run; in training they are whole leaves.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="place">Their position in the workspace.</param>
    /// <param name="member">The member that computes them.</param>
    public SampleRun Run(Shard shard, int place = 0, int member = 0)
    {
        Load(shard);
        StepJob step = shard.Step;
        SampleRun run = Run(step, shard.FirstSample, shard.Count, place, member);
        return run.IsTraining ? run with { Leaves = new LeafRun { First = shard.Lo, Edges = shard.Edges, Statistics = statistics } } : run;
    }

    /// <summary>Loads the samples of a part of a training step and returns them as a run, at the place in the workspace that they have in the batch.</summary>
    /// <param name="step">The step.</param>
    /// <param name="part">The part.</param>
    /// <param name="member">The member that computes them.</param>
    public SampleRun Run(StepJob step, ShardPart part, int member)
    {
        Load(step, part.FirstSample, part.Count);
        return Run(step, part.FirstSample, part.Count, part.FirstSample, member) with
        {
            Leaves = new LeafRun { First = part.Lo, Edges = part.Edges, Statistics = statistics },
        };
    }

    /// <summary>Loads the samples of a shard, those that are not loaded yet.</summary>
    public void Load(Shard shard) => Load(shard.Step, shard.FirstSample, shard.Count);

    /// <summary>Loads some of a batch's samples, those that are not loaded yet.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="source">The pass that it is of.</param>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    public void Load(MiniBatch batch, IBatchSource source, int first, int count) =>
        batch.Load(first, count, source.IsTraining ? augmentation : null, source.Epoch);

    private void Load(StepJob step, int first, int count) => Load(step.Batch, step.Source, first, count);

    /// <summary>Ends a training step after the optimizer: untrained parameters, such as running averages, take what was recorded about its leaves.</summary>
    /// <param name="step">The step.</param>
    public void TakeStatistics(StepJob step) => network.TakeStatistics(statistics, new LeafCut(step.Batch.Count, statistics.Leaves), weights.Span);

    /// <summary>Neighbouring samples of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="first">The first sample of the batch.</param>
    /// <param name="count">How many.</param>
    /// <param name="place">Their position in the workspace.</param>
    /// <param name="member">The member that computes them.</param>
    public SampleRun Run(StepJob step, int first, int count, int place = 0, int member = 0)
    {
        MiniBatch batch = step.Batch;
        return new SampleRun
        {
            Images = batch.Images.Slice(first * batch.Shape.Stride, count * batch.Shape.Stride),
            Labels = batch.Labels.Slice(first, count),
            Indices = batch.Indices.Slice(first, count),
            Weights = weights.Span,
            IsTraining = step.Source.IsTraining,
            Seed = seed,
            Epoch = step.Source.Epoch,
            First = place,
            Member = member,
        };
    }

    /// <summary>After the forward pass of a run, writes its losses and predictions into the batch; in training also the gradient with respect to the outputs, otherwise ranks.</summary>
    /// <param name="run">The run.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="first">The run's first sample in the batch.</param>
    /// <param name="workspace">Holds the outputs and receives the gradient.</param>
    /// <returns>Whether all losses are finite.</returns>
    public bool Evaluate(in SampleRun run, MiniBatch batch, int first, Workspace workspace)
    {
        int last = workspace.Layers.Count - 1, stride = network.Output.Stride, count = network.Output.Count;
        ReadOnlySpan<float> outputs = workspace.Output(last, run);
        Span<float> gradient = run.IsTraining ? workspace.Gradient(last, run) : default;
        bool isFinite = true;
        for (int n = 0; n < run.Count; n++)
        {
            ReadOnlySpan<float> sample = outputs.Slice(n * stride, count);
            float value = loss.Evaluate(sample, run.Labels[n], run.IsTraining ? gradient.Slice(n * stride, count) : default);
            batch.Losses[first + n] = value;
            batch.Predictions[first + n] = SoftmaxKernels.ArgMax(sample);
            if (!run.IsTraining)
            {
                batch.Ranks[first + n] = ClassificationReport.RankOf(sample, run.Labels[n]);
            }

            isFinite &= float.IsFinite(value);
        }

        network.Output.ClearPadding(gradient, run.IsTraining ? run.Count : 0);
        return isFinite;
    }
}
