using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Tracing;

namespace ConvNN.Training;

/// <content>Traces one step of a run.</content>
public sealed partial class Trainer
{
    /// <summary>Trains up to a step and runs that step by its definition, noting samples, leaves, joins and update. Once, in place of a run.</summary>
    /// <param name="step">The step of the run, from 1.</param>
    /// <param name="cancellationToken">Stops the run before the step.</param>
    /// <returns>The step; null if the run ended before it.</returns>
    /// <exception cref="InvalidOperationException">The trainer has run before.</exception>
    /// <exception cref="PipelineException">A block of the pipeline failed.</exception>
    /// <exception cref="StallException">The pipeline stalled.</exception>
    /// <exception cref="DivergenceException">A loss or a gradient is not finite.</exception>
    public async Task<StepTrace?> TraceAsync(long step, CancellationToken cancellationToken = default)
    {
        _lastStep = step - 1;
        TrainingResult before = await RunAsync(cancellationToken: cancellationToken);
        return before.IsEarly || _progress.Step < _lastStep || before.Epochs.Count == _training.Epochs ? null : TraceNext(before);
    }

    private StepTrace TraceNext(TrainingResult before)
    {
        _rates.Observe(before.Epochs.Select(result => result.Validation?.Loss ?? 0));
        PipelinePlan plan = new(_network, _training, _pipeline);
        MiniBatch batch = new(_network.Input, _training.BatchSize, plan.Kernels.Tier);
        BatchSource source = BatchSource.Training(_data.Train, _training.Seed, before.Epochs.Count + 1, _training.BatchSize, _progress.Current.Samples);
        source.TryFill(batch);
        long number = _progress.Step + 1;
        StepJob step = new(batch, source, number, number, (float)RateAt(number));
        StepTracer tracer = new(_network.Layout, Weights.Span);
        StepDefinition definition = new(
            _network, _loss, _training.Augmentation.Create(_network.Input, _training.Seed), _optimizer, Weights, _training.Seed, plan.Leaves, plan.Kernels)
        {
            OnSum = tracer.Sum,
            OnApplied = tracer.Applied,
        };

        int bad = definition.Run(step);
        bool isFinite = batch.Losses.AsSpan(0, batch.Count).IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) < 0;
        return isFinite && bad < 0
            ? tracer.Read(step, plan, Weights.Span)
            : throw DivergenceException.Of(step, _progress.Current.Steps + 1, isFinite ? $"the gradient of {_network.Layout.Describe(bad)}" : "the loss");
    }
}
