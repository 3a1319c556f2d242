using ConvNN.Data.Augmentations;
using ConvNN.Kernels;
using ConvNN.Kernels.Losses;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;
using ConvNN.Training.Optimizers;

namespace ConvNN.Training.Pipeline;

/// <summary>
/// One training step from beginning to end, for one worker: the definition that every <see cref="IGradientExchange"/> must
/// match bit for bit. It is made to be read, not to be fast: leaf by leaf, each in memory of its own. In a run it
/// repeats a step that own features gave up; <c>convnn trace</c> shows what it computes. Gradients and optimizer know only the trained
/// part of the weights: the parameters of frozen layers are behind it, with the running statistics, and no step changes them.
/// Where steps are recorded, the optimizer is a <see cref="GradientRecorder"/>, whose remarks define the order in which it sums the squares
/// of the mean gradient that it gets here.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="loss">The loss.</param>
/// <param name="augmentation">Changes training images at random; null for none.</param>
/// <param name="optimizer">Applies the mean gradient to the weights.</param>
/// <param name="weights">All weights; the step changes them in place.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="leaves">P, the number of leaves that a batch is cut into.</param>
/// <param name="kernels">The kernels of the run.</param>
public sealed class StepDefinition(
    Network network, ILoss loss, IAugmentation? augmentation, IOptimizer optimizer, AlignedBuffer weights, ulong seed, int leaves, KernelSet kernels)
{
    private readonly LeafStatistics _statistics = new(network.Layout, leaves);

    /// <summary>Called with each sum of gradients when it is complete, over the leaves [lo, hi): first those of single leaves, then those of joins.</summary>
    public Action<int, int, ReadOnlySpan<float>>? OnSum { get; init; }

    /// <summary>Called with the mean gradient of the step after the optimizer has applied it.</summary>
    public Action<ReadOnlySpan<float>>? OnApplied { get; init; }

    /// <summary>Runs a step; its batch receives losses and predictions, and the weights change unless the gradient is not finite.</summary>
    /// <param name="step">The batch, the step's number and its learning rate.</param>
    /// <returns>The first element of the mean gradient that is not finite; −1 when all are.</returns>
    public int Run(StepJob step)
    {
        LeafCut cut = new(step.Batch.Count, leaves);
        Span<float> mean = Sum(0, leaves, step, cut)!.Values;
        kernels.Elementwise.Scale(mean, 1f / step.Batch.Count);
        int bad = kernels.Elementwise.IndexOfNonFinite(mean);
        if (bad < 0)
        {
            optimizer.Step(weights.Span[..mean.Length], mean, start: 0, step.LearningRate, step.TrainingNumber);
            network.TakeStatistics(_statistics, cut, weights.Span);
            OnApplied?.Invoke(mean);
        }

        return bad;
    }

    /// <summary>The gradient summed over the leaves [lo, hi), joined pairwise as <see cref="SumTree"/> defines; null if they hold no sample.</summary>
    private SubtreeGradient? Sum(int lo, int hi, StepJob step, LeafCut cut)
    {
        if (cut.Start(lo) == cut.Start(hi))
        {
            return null;
        }

        if (hi - lo == 1)
        {
            return LeafGradient(lo, step, cut);
        }

        int middle = SumTree.Middle(lo, hi);
        SubtreeGradient? left = Sum(lo, middle, step, cut);
        SubtreeGradient? right = Sum(middle, hi, step, cut);
        if (left is null || right is null)
        {
            return left ?? right;
        }

        kernels.Elementwise.Add(left.Values, right.Values);
        OnSum?.Invoke(lo, hi, left.Values);
        return left;
    }

    /// <summary>The gradient summed over the samples of one leaf: load, forward, loss, backward.</summary>
    private SubtreeGradient LeafGradient(int leaf, StepJob step, LeafCut cut)
    {
        MiniBatch batch = step.Batch;
        int first = cut.Start(leaf), count = cut.Start(leaf + 1) - first;
        batch.Load(first, count, augmentation, step.Source.Epoch);
        SampleRun run = new()
        {
            Images = batch.Images.Slice(first * batch.Shape.Stride, count * batch.Shape.Stride),
            Labels = batch.Labels.Slice(first, count),
            Indices = batch.Indices.Slice(first, count),
            Weights = weights.Span,
            IsTraining = true,
            Seed = seed,
            Epoch = step.Source.Epoch,
            Leaves = new LeafRun { First = leaf, Edges = new[] { 0, count }, Statistics = _statistics },
        };

        Workspace workspace = new(network, count, kernels);
        ReadOnlySpan<float> outputs = network.Forward(run, workspace);
        Span<float> outputGradient = workspace.OutputGradient(count);
        for (int n = 0; n < count; n++)
        {
            int at = n * network.Output.Stride, classes = network.Output.Count;
            batch.Losses[first + n] = loss.Evaluate(outputs.Slice(at, classes), run.Labels[n], outputGradient.Slice(at, classes));
            batch.Predictions[first + n] = SoftmaxKernels.ArgMax(outputs.Slice(at, classes));
        }

        SubtreeGradient gradient = new(leaf, leaf + 1, network.Layout.TrainedLength);
        gradient.Cut(cut, first);
        network.Backward(run, workspace, [gradient]);
        OnSum?.Invoke(leaf, leaf + 1, gradient.Values);
        return gradient;
    }
}
