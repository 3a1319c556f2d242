using ConvNN.App.Log.Events;
using ConvNN.Training.Progress;

namespace ConvNN.App.Log;

/// <summary>
/// Makes events of progress that is reported often: all of them for a status line, one at each interval for everybody.
/// Their speed is that since the last one for everybody, so that it does not flicker.
/// </summary>
/// <param name="epochs">Epochs that the run has.</param>
/// <param name="interval">Time between two events for everybody.</param>
internal sealed class ProgressPace(int epochs, TimeSpan interval)
{
    // A timer may come a little early.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    private readonly TimeLeft _left = new(epochs);
    private (int Epoch, TimeSpan Elapsed, int Samples) _last;

    /// <summary>Takes note of a finished epoch.</summary>
    public void Learn(EpochResult epoch) => _left.Learn(epoch);

    /// <summary>The event of a report.</summary>
    public StepEvent At(StepProgress step)
    {
        if (step.Epoch != _last.Epoch)
        {
            _last = (step.Epoch, TimeSpan.Zero, 0);
        }

        TimeSpan time = step.Elapsed - _last.Elapsed;
        bool isDue = time + Tolerance >= interval;
        double speed = time > TimeSpan.Zero ? Math.Max(0, step.Samples - _last.Samples) / time.TotalSeconds : 0;
        if (isDue)
        {
            _last = (step.Epoch, step.Elapsed, step.Samples);
        }

        return new StepEvent(step, epochs, speed, _left.At(step)) { Audience = isDue ? Audience.Everybody : Audience.StatusLine };
    }
}
