using System.Diagnostics;
using ConvNN.Training.Optimizers;

namespace ConvNN.Training.Progress;

/// <summary>Tells of the recorded steps of a run. Called between two steps, when nothing changes.</summary>
/// <param name="gradients">Knows which steps are recorded, and their gradients.</param>
/// <param name="rateAt">The learning rate of a step of the run, counted from 1.</param>
/// <param name="tell">Called for each recorded step.</param>
internal sealed class StepRecorder(GradientRecorder gradients, Func<long, double> rateAt, Action<StepResult> tell)
{
    private PassProgress _progress = new();
    private int _epoch;
    private long _stepsBefore;

    // After the step before: sums of the epoch.
    private int _samples;
    private int _correct;
    private double _lossSum;

    // After the last step that was told of, or at the beginning of the epoch.
    private int _toldSamples;
    private long _toldTime;

    /// <summary>Prepares for an epoch.</summary>
    /// <param name="epoch">Its number, from 1.</param>
    /// <param name="stepsBefore">Steps of the run before the epoch.</param>
    /// <param name="begun">How far the epoch is already.</param>
    /// <param name="progress">Tells how far it is.</param>
    public void BeginEpoch(int epoch, long stepsBefore, EpochProgress begun, PassProgress progress)
    {
        (_epoch, _stepsBefore, _progress) = (epoch, stepsBefore, progress);
        (_samples, _correct, _lossSum, _toldSamples) = (begun.Samples, begun.Correct, begun.LossSum, begun.Samples);
        _toldTime = Stopwatch.GetTimestamp();
    }

    /// <summary>Notes that the sum of losses has begun anew, since ranks have exchanged.</summary>
    public void AfterExchange() => _lossSum = _progress.LossSum;

    /// <summary>Tells of the step that has ended, if it is recorded.</summary>
    public void AfterStep()
    {
        (int samples, int correct, double lossSum) = (_progress.Samples, _progress.Correct, _progress.LossSum);
        long step = _stepsBefore + _progress.Steps;
        if (gradients.IsRecorded(step))
        {
            long now = Stopwatch.GetTimestamp();
            double count = samples - _samples;
            double speed = (samples - _toldSamples) / Stopwatch.GetElapsedTime(_toldTime, now).TotalSeconds;
            tell(new StepResult(step, _epoch, (lossSum - _lossSum) / count, (correct - _correct) / count, rateAt(step), gradients.Norm(step), speed));
            (_toldSamples, _toldTime) = (samples, now);
        }

        (_samples, _correct, _lossSum) = (samples, correct, lossSum);
    }
}
