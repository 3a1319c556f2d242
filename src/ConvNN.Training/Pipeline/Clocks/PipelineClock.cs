using System.Diagnostics;

namespace ConvNN.Training.Pipeline.Clocks;

/// <summary>The clocks of all stages, and of the passes that they are measured in. Any thread may read it at any time.</summary>
/// <param name="stages">The stages, in the order of the pipeline.</param>
internal sealed class PipelineClock(params StageClock[] stages)
{
    private readonly Lock _gate = new();
    private IntervalSum _passes;
    private Reading? _start;

    /// <summary>Messages that all stages have finished.</summary>
    public long Messages => stages.Sum(stage => stage.Messages);

    /// <summary>Begins a pass.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            long now = Stopwatch.GetTimestamp();
            _start = ReadAt(now);
            _passes.Open(now);
        }
    }

    /// <summary>Ends the pass.</summary>
    public void End()
    {
        lock (_gate)
        {
            _passes.Close(Stopwatch.GetTimestamp());
        }
    }

    /// <summary>What each stage has done since the pipeline was built.</summary>
    public IReadOnlyList<StageTimes> Read()
    {
        lock (_gate)
        {
            return ReadAt(Stopwatch.GetTimestamp()).Stages;
        }
    }

    /// <summary>How long the last pass has been running, or ran, and what each stage did in it. Nothing before the first.</summary>
    public (TimeSpan Elapsed, IReadOnlyList<StageLoad> Loads) ReadPass()
    {
        lock (_gate)
        {
            Reading now = ReadAt(Stopwatch.GetTimestamp());
            return _start is { } start
                ? (Stopwatch.GetElapsedTime(start.Elapsed, now.Elapsed), [.. now.Stages.Zip(start.Stages, (to, from) => to.Since(from))])
                : (TimeSpan.Zero, []);
        }
    }

    private Reading ReadAt(long now)
    {
        long elapsed = _passes.Ticks(now);
        return new Reading(elapsed, [.. stages.Select(stage => stage.Read(now, elapsed))]);
    }

    private sealed record Reading(long Elapsed, StageTimes[] Stages);
}
