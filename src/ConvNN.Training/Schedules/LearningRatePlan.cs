namespace ConvNN.Training.Schedules;

/// <summary>The learning rate of each optimizer step of a run.</summary>
public sealed class LearningRatePlan
{
    private readonly double _learningRate;
    private readonly ScheduleOptions _schedule;
    private readonly int _batchesPerEpoch;
    private readonly int _accumulate;
    private readonly long _warmupSteps;
    private readonly long _steps;
    private int _reductions;

    /// <summary>Plans the rates of a run.</summary>
    /// <param name="learningRate">η, the rate that the schedule's factors refer to.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="batchesPerEpoch">Batches of an epoch; at least 1.</param>
    /// <param name="epochs">Epochs of the run; at least 1.</param>
    /// <param name="accumulate">Batches of an optimizer step; at least 1. An epoch need not end with a step.</param>
    public LearningRatePlan(double learningRate, ScheduleOptions schedule, int batchesPerEpoch, int epochs, int accumulate = 1)
    {
        _learningRate = learningRate;
        _schedule = schedule;
        _batchesPerEpoch = batchesPerEpoch;
        _accumulate = accumulate;
        long all = (long)batchesPerEpoch * epochs / accumulate;
        _warmupSteps = (long)Math.Round(schedule.Warmup * batchesPerEpoch / accumulate);
        _steps = Math.Max(1, all - _warmupSteps);
    }

    /// <summary>The rate of a step: while warming up the share of the warm-up that it ends, then what the schedule says.</summary>
    /// <param name="step">The optimizer step in the run, from 1.</param>
    public double RateAt(long step)
    {
        long before = step - 1;
        double share = Math.Min(1, (double)step / Math.Max(1, _warmupSteps));
        long after = Math.Max(0, before - _warmupSteps);
        ScheduleMoment moment = new(after, _steps, (double)(after * _accumulate) / _batchesPerEpoch, _reductions);
        return _learningRate * (before < _warmupSteps ? share : 1) * _schedule.FactorAt(moment);
    }

    /// <summary>Takes the validation losses so far into account, if the schedule looks at them. Between epochs only.</summary>
    /// <param name="losses">The validation loss of each epoch so far, in order.</param>
    public void Observe(IEnumerable<double> losses) => _reductions = _schedule is PlateauSchedule plateau ? plateau.ReductionsAfter(losses) : 0;
}
