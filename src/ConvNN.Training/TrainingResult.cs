using ConvNN.Training.Progress;

namespace ConvNN.Training;

/// <summary>What a run gave.</summary>
/// <param name="Epochs">The finished epochs, in order.</param>
/// <param name="IsStopped">Whether it was stopped before its last epoch was finished.</param>
/// <param name="WeightsSha256">SHA-256 of the weights that came out: of the best epoch by validation, where there is a validation part, else of the last step.</param>
public sealed record TrainingResult(IReadOnlyList<EpochResult> Epochs, bool IsStopped, string WeightsSha256)
{
    /// <summary>The epoch whose weights came out; null when none was finished.</summary>
    public EpochResult? Best => Epochs.LastOrDefault(epoch => epoch.IsBest);

    /// <summary>
    /// The evaluation on the test set of the weights that came out, those of <see cref="WeightsSha256"/>. Null for a run that was stopped
    /// within an epoch; <see cref="Trainer.EvaluateAsync(CancellationToken)"/> evaluates them.
    /// </summary>
    public TestResult? Test { get; init; }

    /// <summary>The number of threads that steps ran on in the end, measured to be the fastest unless it was forced.</summary>
    public int Threads { get; init; }

    /// <summary>Whether it ended before its last epoch because validation did not get better any more.</summary>
    public bool IsEarly { get; init; }
}
