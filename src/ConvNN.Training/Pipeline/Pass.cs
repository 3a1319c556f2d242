using ConvNN.Training.Metrics;

namespace ConvNN.Training.Pipeline;

/// <summary>One pass over a dataset while it runs.</summary>
/// <param name="source">Its batches.</param>
/// <param name="learningRate">The learning rate of its steps.</param>
/// <param name="cancellationToken">Ends it when the step in hand is finished.</param>
internal sealed class Pass(IBatchSource source, float learningRate, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its batches.</summary>
    public IBatchSource Source { get; } = source;

    /// <summary>What it is for.</summary>
    public PassPhase Phase { get; } = source.IsTraining ? PassPhase.Train : PassPhase.Test;

    /// <summary>The learning rate of its steps.</summary>
    public float LearningRate { get; } = learningRate;

    /// <summary>Whether no further step is to begin.</summary>
    public bool IsStopping => cancellationToken.IsCancellationRequested;

    /// <summary>Ends with the pass, or with its first failure.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Notes that every step is finished.</summary>
    public void Complete() => _ended.TrySetResult();

    /// <summary>Notes a failure; only the first one counts.</summary>
    public void Fail(Exception failure) => _ended.TrySetException(failure);
}
