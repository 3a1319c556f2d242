using System.Diagnostics.Metrics;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Metrics;

/// <summary>What observable instruments read: the clocks of running pipelines, the sums of those that have ended, and the progress of the pass that began last.</summary>
internal sealed class PipelineReadings
{
    private static readonly KeyValuePair<string, object?>[] Phases = [new("phase", "train"), new("phase", "test")];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, StageTotals> _totals = [];
    private readonly PassTotals[] _passes = [default, default];
    private readonly HashSet<PipelineClock> _running = [];
    private PipelineClock? _clock;
    private PassProgress? _progress;
    private PassPhase _phase;

    /// <summary>The attribute of a phase.</summary>
    public static KeyValuePair<string, object?> Tag(PassPhase phase) => Phases[(int)phase];

    /// <summary>Begins to read a pass.</summary>
    public void Begin(PipelineClock clock, PassProgress progress, PassPhase phase, float learningRate)
    {
        lock (_gate)
        {
            KeepPass();
            _running.Add(clock);
            (_clock, _progress, _phase) = (clock, progress, phase);
            _passes[(int)phase] = new PassTotals { LearningRate = phase == PassPhase.Train ? learningRate : null };
        }
    }

    /// <summary>Keeps the result of the pass that has just ended, because the next one resets the progress to 0.</summary>
    public void EndPass(PipelineClock clock)
    {
        lock (_gate)
        {
            if (_clock == clock)
            {
                KeepPass();
                _progress = null;
            }
        }
    }

    /// <summary>Forgets a pipeline but keeps its counts.</summary>
    public void End(PipelineClock clock)
    {
        lock (_gate)
        {
            ReadClocks();
            if (_running.Remove(clock))
            {
                foreach (StageTimes times in Read(clock))
                {
                    _totals[times.Stage].Leave(times);
                }
            }

            if (_clock == clock)
            {
                KeepPass();
                (_clock, _progress) = (null, null);
            }
        }
    }

    /// <summary>Mean loss by phase.</summary>
    public IEnumerable<Measurement<double>> Losses() => ReadPasses(pass => pass.Samples > 0 ? pass.LossSum / pass.Samples : null);

    /// <summary>Share of right answers by phase.</summary>
    public IEnumerable<Measurement<double>> Accuracies() => ReadPasses(pass => pass.Samples > 0 ? (double)pass.Correct / pass.Samples : null);

    /// <summary>The learning rate.</summary>
    public IEnumerable<Measurement<double>> LearningRates() => ReadPasses(pass => (double?)(decimal?)pass.LearningRate);

    /// <summary>Seconds by stage and state.</summary>
    public IEnumerable<Measurement<double>> Times() => ReadStages(stage =>
        StageTotals.States.Select((state, i) => new Measurement<double>(stage.Seconds(i), new("stage", stage.Name), new("state", state))));

    /// <summary>Finished messages by stage.</summary>
    public IEnumerable<Measurement<long>> Items() => ReadStages<long>(stage => [Of(stage, stage.Items)]);

    /// <summary>Waiting messages by stage.</summary>
    public IEnumerable<Measurement<long>> QueueDepths() => ReadStages<long>(stage => [Of(stage, stage.QueueDepth)]);

    /// <summary>The most messages that can wait, by stage.</summary>
    public IEnumerable<Measurement<long>> QueueCapacities() => ReadStages<long>(stage => [Of(stage, stage.QueueCapacity)]);

    private static Measurement<long> Of(StageTotals stage, long value) => new(value, new KeyValuePair<string, object?>("stage", stage.Name));

    private void KeepPass()
    {
        if (_progress is { } progress)
        {
            _passes[(int)_phase] = _passes[(int)_phase] with { Samples = progress.Samples, Correct = progress.Correct, LossSum = progress.LossSum };
        }
    }

    private List<Measurement<double>> ReadPasses(Func<PassTotals, double?> value)
    {
        lock (_gate)
        {
            KeepPass();
            List<Measurement<double>> measurements = [];
            for (int phase = 0; phase < _passes.Length; phase++)
            {
                if (value(_passes[phase]) is { } number)
                {
                    measurements.Add(new Measurement<double>(number, Phases[phase]));
                }
            }

            return measurements;
        }
    }

    private List<Measurement<T>> ReadStages<T>(Func<StageTotals, IEnumerable<Measurement<T>>> measure)
        where T : struct
    {
        lock (_gate)
        {
            ReadClocks();
            return [.. _totals.Values.SelectMany(measure)];
        }
    }

    /// <summary>The counters of a pipeline. Only the last one that began a pass has queues: the others wait for their turn.</summary>
    private IEnumerable<StageTimes> Read(PipelineClock clock) =>
        clock.Read().Select(times => clock == _clock ? times : times with { QueueDepth = 0, QueueCapacity = 0 });

    private void ReadClocks()
    {
        foreach (IGrouping<string, StageTimes> stage in _running.SelectMany(Read).GroupBy(times => times.Stage))
        {
            if (!_totals.TryGetValue(stage.Key, out StageTotals? totals))
            {
                _totals[stage.Key] = totals = new StageTotals(stage.Key);
            }

            totals.Read([.. stage]);
        }
    }

    private readonly record struct PassTotals(int Samples, int Correct, double LossSum, float? LearningRate);
}
