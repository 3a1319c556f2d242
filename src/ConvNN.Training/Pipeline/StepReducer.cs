using System.Globalization;
using ConvNN.Data;
using ConvNN.Kernels;
using ConvNN.Model;
using ConvNN.Training.Optimizers;

namespace ConvNN.Training.Pipeline;

/// <summary>
/// The end of a step: checks that every shard came exactly once, adds losses in sample order, finishes the tree of
/// gradients, divides by the number of samples and applies the optimizer. The only writer of the weights.
/// </summary>
internal sealed class StepReducer(
    ParameterLayout layout, AlignedBuffer weights, IOptimizer optimizer, GradientTree tree, KernelSet kernels, int workers)
{
    // Floats of a slice of the gradient: with its terms, half of a second-level cache.
    private const int Slice = 16_384;

    private readonly bool[] _arrived = new bool[workers];
    private Pass? _pass;
    private MiniBatch? _batch;
    private long _step;
    private int _missing;
    private long _trainingSteps;

    /// <summary>How far the pass is.</summary>
    public PassProgress Progress { get; } = new();

    /// <summary>Shown the training steps that it wants to see.</summary>
    public IStepObserver? Observer { get; set; }

    /// <summary>Starts a pass.</summary>
    public void Begin(Pass pass)
    {
        _pass = pass;
        Progress.Reset();
    }

    /// <summary>Starts a step; nothing of it may be on its way yet.</summary>
    /// <param name="step">The step's number.</param>
    /// <param name="batch">Its batch.</param>
    /// <param name="shards">The shards to expect.</param>
    public void BeginStep(long step, MiniBatch batch, int shards)
    {
        _step = step;
        _batch = batch;
        _missing = shards;
        Array.Clear(_arrived);
    }

    /// <summary>Takes a shard, and finishes the step when it was the last.</summary>
    /// <returns>The batch of the finished step; null when shards are missing.</returns>
    /// <exception cref="InvalidOperationException">The shard is of another step, or came twice.</exception>
    /// <exception cref="DivergenceException">A loss or a gradient is not finite.</exception>
    public MiniBatch? Take(Shard shard)
    {
        if (shard.Step != _step || _arrived[shard.Worker])
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"a shard of step {shard.Step} came from worker {shard.Worker} {(shard.Step == _step ? "twice" : $"in step {_step}")}."));
        }

        _arrived[shard.Worker] = true;
        _missing--;
        if (_missing > 0)
        {
            return null;
        }

        Finish(_batch!);
        return _batch;
    }

    /// <summary>Whether a shard of the step in hand has not come back; asked when nothing moves any more.</summary>
    public bool IsMissing(Shard shard) => shard.Count > 0 && shard.Step == _step && !_arrived[shard.Worker] && _missing > 0;

    /// <summary>The result of the pass.</summary>
    public PassResult Result(TimeSpan elapsed, IReadOnlyList<StageLoad> loads) =>
        new(Progress.Samples, Progress.Correct, Progress.LossSum, elapsed, loads, IsComplete: Progress.Samples == _pass!.Source.Samples);

    private void Finish(MiniBatch batch)
    {
        double lossSum = Progress.LossSum;
        int correct = 0;
        for (int n = 0; n < batch.Count; n++)
        {
            lossSum += batch.Losses[n];
            correct += batch.Predictions[n] == batch.Labels[n] ? 1 : 0;
        }

        if (!double.IsFinite(lossSum))
        {
            throw Diverged("the loss");
        }

        if (_pass!.Source.IsTraining)
        {
            Apply(batch.Count);
        }

        Progress.Add(batch.Count, correct, lossSum);
    }

    private void Apply(int samples)
    {
        long step = ++_trainingSteps;
        IStepObserver? observer = Observer is { } candidate && candidate.Wants(step) ? candidate : null;
        observer?.Computed(step, tree.Shards, weights.Span);

        // Sum, mean and check go over a slice while it is in the cache; the weights change only when all of it is finite.
        SubtreeGradient? sum = null;
        for (int start = 0; start < layout.TrainedLength; start += Slice)
        {
            int length = Math.Min(Slice, layout.TrainedLength - start);
            sum = tree.Sum(start, length, observer);
            Span<float> mean = sum.Values.Slice(start, length);
            kernels.Elementwise.Scale(mean, 1f / samples);
            int bad = kernels.Elementwise.IndexOfNonFinite(mean);
            if (bad >= 0)
            {
                throw Diverged($"the gradient of {layout.Describe(start + bad)}");
            }
        }

        optimizer.Step(weights.Span[..layout.TrainedLength], sum!.Values, start: 0, _pass!.LearningRate, step);
        observer?.Applied(_pass.LearningRate, sum.Values, weights.Span);
    }

    private DivergenceException Diverged(string what)
    {
        string where = _pass!.Source.IsTraining
            ? string.Create(CultureInfo.InvariantCulture, $"epoch {_pass.Source.Epoch}, step {Progress.Steps + 1}, at learning rate {(decimal)_pass.LearningRate}")
            : string.Create(CultureInfo.InvariantCulture, $"epoch {_pass.Source.Epoch}, seen in the evaluation after it");
        string weights = _pass.Source.IsTraining ? " The weights are those before the step." : "";
        return new DivergenceException($"Training diverged in {where}: {what} is not a finite number.{weights} Try a smaller Training:LearningRate.");
    }
}
