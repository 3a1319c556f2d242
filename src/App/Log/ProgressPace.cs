using ConvNN.App.Log.Events;
using ConvNN.Training.Progress;

namespace ConvNN.App.Log;

/// <summary>
/// Turns frequent progress reports into events: all of them for the status line, one per interval for everybody.
/// The speed is measured since the last event for everybody, so that it does not flicker.
/// </summary>
/// <param name="epochs">The number of epochs of the run.</param>
/// <param name="interval">Time between two events for everybody.</param>
internal sealed class ProgressPace(int epochs, TimeSpan interval)
{
    // A timer may come a little early.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    private readonly TimeLeft _left = new(epochs);
    private (int Epoch, TimeSpan Elapsed, int Samples) _last;

    /// <summary>Records a finished epoch.</summary>
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
