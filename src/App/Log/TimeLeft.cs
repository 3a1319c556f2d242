using ConvNN.Training.Progress;

namespace ConvNN.App.Log;

/// <summary>Estimates the time left in a run from its last epoch, including evaluation; in the first epoch, from its progress.</summary>
/// <param name="epochs">The number of epochs of the run.</param>
internal sealed class TimeLeft(int epochs)
{
    // The first steps wait for the JIT compiler and say nothing about the later ones.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    private TimeSpan? _epoch;

    /// <summary>Records a finished epoch.</summary>
    public void Learn(EpochResult epoch) => _epoch = epoch.Training.Elapsed + epoch.Test.Elapsed + (epoch.Validation?.Elapsed ?? TimeSpan.Zero);

    /// <summary>The time left; null while unknown.</summary>
    public TimeSpan? At(StepProgress step)
    {
        double done = (double)step.Step / step.Steps;
        TimeSpan? epoch = _epoch ?? (step.Elapsed >= WarmUp && done > 0 ? step.Elapsed / done : null);
        return epoch * (epochs - step.Epoch + 1 - done);
    }
}
