using ConvNN.Training.Progress;

namespace ConvNN.Training.Pipeline;

/// <summary>One pass over a dataset while it runs.</summary>
/// <param name="source">Its batches.</param>
/// <param name="rateAt">The learning rate of a training step, counted in the life of the pipeline from 1.</param>
/// <param name="cancellationToken">Ends it after the current step.</param>
internal sealed class Pass(IBatchSource source, Func<long, float> rateAt, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its batches.</summary>
    public IBatchSource Source { get; } = source;

    /// <summary>Training or evaluation.</summary>
    public PassPhase Phase { get; } = source.IsTraining ? PassPhase.Train : PassPhase.Test;

    /// <summary>The learning rate of a training step.</summary>
    /// <param name="step">The step in the life of the pipeline, from 1.</param>
    public float RateAt(long step) => rateAt(step);

    /// <summary>Whether no further step may begin.</summary>
    public bool IsStopping => cancellationToken.IsCancellationRequested;

    /// <summary>Ends with the pass, or with its first failure.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Notes that every step is finished.</summary>
    public void Complete() => _ended.TrySetResult();

    /// <summary>Notes a failure; only the first one counts.</summary>
    public void Fail(Exception failure) => _ended.TrySetException(failure);
}
