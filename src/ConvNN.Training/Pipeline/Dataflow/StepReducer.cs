using System.Globalization;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Pipeline.Dataflow;

/// <summary>
/// The end of a step: checks that every shard arrived exactly once, adds losses in sample order, and lets the exchange
/// finish the weights.
/// </summary>
/// <param name="exchange">Sums and applies gradients.</param>
/// <param name="progress">Counts the steps of the pass.</param>
internal sealed class StepReducer(IGradientExchange exchange, PassProgress progress)
{
    private readonly bool[] _arrived = new bool[exchange.Shards.Count];
    private Pass? _pass;
    private StepJob _step;
    private int _missing;
    private EpochProgress _begun;

    /// <summary>How far the pass is.</summary>
    public PassProgress Progress { get; } = progress;

    /// <summary>Starts a pass.</summary>
    public void Begin(Pass pass)
    {
        _pass = pass;
        Progress.Begin(_begun);
        _begun = default;
    }

    /// <summary>Makes the next pass continue an epoch that has begun.</summary>
    public void ResumeAt(EpochProgress begun) => _begun = begun;

    /// <summary>Starts a step. No shard of it may have been sent yet.</summary>
    /// <param name="step">The step.</param>
    /// <param name="shards">The shards to expect.</param>
    public void BeginStep(StepJob step, int shards)
    {
        _step = step;
        _missing = shards;
        Array.Clear(_arrived);
    }

    /// <summary>Takes a shard, and finishes the step if it was the last.</summary>
    /// <returns>The batch of the finished step; null when shards are missing.</returns>
    /// <exception cref="InvalidOperationException">The shard is of another step, or came twice.</exception>
    /// <exception cref="DivergenceException">A loss or a gradient is not finite.</exception>
    public MiniBatch? Take(Shard shard)
    {
        if (shard.Step.Number != _step.Number || _arrived[shard.Worker])
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"a shard of step {shard.Step.Number} came from worker {shard.Worker} {(shard.Step.Number == _step.Number ? "twice" : $"in step {_step.Number}")}."));
        }

        _arrived[shard.Worker] = true;
        _missing--;
        if (_missing > 0)
        {
            return null;
        }

        Finish(_step.Batch);
        return _step.Batch;
    }

    /// <summary>Whether a shard of the current step has not arrived and does not wait for other shards; asked when the pipeline has stalled.</summary>
    public bool IsMissing(Shard shard) => shard.IsNeeded && !shard.IsWaiting && shard.Step.Number == _step.Number && !_arrived[shard.Worker] && _missing > 0;

    /// <summary>The result of the pass.</summary>
    public PassResult Result(TimeSpan elapsed, IReadOnlyList<StageLoad> loads) =>
        new(Progress.Samples, Progress.Correct, Progress.LossSum, elapsed, loads, IsComplete: Progress.Samples == _pass!.Source.Samples)
        {
            TopCorrect = _pass.Source.IsTraining ? null : Progress.TopCorrect,
        };

    private void Finish(MiniBatch batch)
    {
        exchange.Share();
        double lossSum = Progress.LossSum;
        int correct = 0, topCorrect = 0;
        for (int n = 0; n < batch.Count; n++)
        {
            lossSum += batch.Losses[n];
            correct += batch.Predictions[n] == batch.Labels[n] ? 1 : 0;
            topCorrect += batch.Ranks[n] < PassResult.Top ? 1 : 0;
        }

        if (!double.IsFinite(lossSum))
        {
            exchange.Complete();
            throw DivergenceException.Of(_step, Progress.Steps + 1, "the loss");
        }

        if (_step.Source.IsTraining)
        {
            int bad = exchange.Finish();
            if (bad >= 0)
            {
                throw DivergenceException.Of(_step, Progress.Steps + 1, $"the gradient of {exchange.Layout.Describe(bad)}");
            }
        }

        _step.Source.Outcomes?.Keep(batch.Indices, batch.Predictions, batch.Losses);
        Progress.Add(batch.Count, correct, topCorrect, lossSum);
    }
}
