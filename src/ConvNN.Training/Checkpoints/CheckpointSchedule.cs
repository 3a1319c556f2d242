using ConvNN.Training.Progress;

namespace ConvNN.Training.Checkpoints;

/// <summary>Decides when a checkpoint is due.</summary>
/// <param name="options">The strategy.</param>
/// <param name="samples">Samples of an epoch.</param>
/// <param name="time">The clock.</param>
internal sealed class CheckpointSchedule(CheckpointOptions options, int samples, TimeProvider time)
{
    private long _last = time.GetTimestamp();
    private bool _isOwed;
    private long _step;

    /// <summary>Steps of the run that are finished when it begins here.</summary>
    public long From { init => _step = value; }

    /// <summary>Whether a checkpoint is due between two steps. One that cannot be taken now remains due.</summary>
    /// <param name="step">Steps finished in the run; more than one may have been taken since the last call.</param>
    /// <param name="before">Samples of the epoch that were seen before the step.</param>
    /// <param name="now">Samples of the epoch that have been seen now.</param>
    public bool IsDueAfterStep(long step, int before, int now)
    {
        _isOwed |= options.Strategy switch
        {
            CheckpointStrategy.Steps => step / options.Every > _step / options.Every,
            CheckpointStrategy.Parts => PartOf(now) > PartOf(before),
            CheckpointStrategy.Seconds => time.GetElapsedTime(_last).TotalSeconds >= options.Every,
            _ => false,
        };
        _step = step;

        // At the end of an epoch the checkpoint is taken after the evaluation.
        return _isOwed && now < samples;
    }

    /// <summary>Whether a checkpoint is due after the last of the epochs.</summary>
    public bool IsDueAfter(IReadOnlyList<EpochResult> epochs)
    {
        _isOwed |= options.Strategy switch
        {
            CheckpointStrategy.Epochs => epochs.Count % options.Every == 0,
            CheckpointStrategy.BestTraining => IsBest(epochs, epoch => epoch.Training.Accuracy),
            CheckpointStrategy.BestValidation => epochs[^1].Validation is null ? IsBest(epochs, epoch => epoch.Test.Accuracy) : epochs[^1].IsBest,
            _ => false,
        };
        return _isOwed;
    }

    /// <summary>Notes that a checkpoint has been taken.</summary>
    public void Take()
    {
        _isOwed = false;
        _last = time.GetTimestamp();
    }

    private long PartOf(int seen) => (long)seen * options.Every / samples;

    private static bool IsBest(IReadOnlyList<EpochResult> epochs, Func<EpochResult, double> accuracy) =>
        epochs.SkipLast(1).All(epoch => accuracy(epoch) < accuracy(epochs[^1]));
}
