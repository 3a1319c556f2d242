using ConvNN.Training.Progress;

namespace ConvNN.App.Log;

/// <summary>How long a run will still take, judged by its last epoch, evaluation included; in the first one by what is done of it.</summary>
/// <param name="epochs">Epochs that the run has.</param>
internal sealed class TimeLeft(int epochs)
{
    // The first steps wait for the compiler, and say nothing of those that follow.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    private TimeSpan? _epoch;

    /// <summary>Takes note of a finished epoch.</summary>
    public void Learn(EpochResult epoch) => _epoch = epoch.Training.Elapsed + epoch.Test.Elapsed;

    /// <summary>What is left; null as long as nobody can tell.</summary>
    public TimeSpan? At(StepProgress step)
    {
        double done = (double)step.Step / step.Steps;
        TimeSpan? epoch = _epoch ?? (step.Elapsed >= WarmUp && done > 0 ? step.Elapsed / done : null);
        return epoch * (epochs - step.Epoch + 1 - done);
    }
}
