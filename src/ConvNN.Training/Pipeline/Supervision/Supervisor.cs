using System.Globalization;
using ConvNN.Model;
using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.Training.Pipeline.Supervision;

/// <summary>
/// Ends a pass with its first failure, in whichever block it occurs, and watches from a thread of its own that something is always
/// being finished.
/// </summary>
internal sealed class Supervisor : IDisposable
{
    // On a slow machine a step may take minutes. Threads that compute get as many times the timeout, though not for ever: one of them
    // may be a loop without an end, or another run of the same process.
    private const int PatienceWithWork = 10;

    // Of the time of one core; waiting threads use next to nothing, and others may leave a process little.
    private const double Working = 0.1;

    private readonly TimeSpan _timeout;
    private readonly PipelineClock _clock;
    private readonly Func<string> _report;
    private readonly ManualResetEventSlim _stop = new();
    private volatile Pass? _watched;
    private volatile bool _hasFailed;

    /// <summary>Starts the watching thread.</summary>
    /// <param name="timeout">How long nothing may be finished.</param>
    /// <param name="clock">The clocks of all stages.</param>
    /// <param name="report">Says who holds what.</param>
    public Supervisor(TimeSpan timeout, PipelineClock clock, Func<string> report)
    {
        _timeout = timeout;
        _clock = clock;
        _report = report;
        new Thread(Run) { IsBackground = true, Name = "convnn watchdog" }.Start();
    }

    /// <summary>Whether a pass has failed: the pipeline does no more work then.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Throws unless a pass may begin.</summary>
    /// <exception cref="InvalidOperationException">A pass is running, or has failed.</exception>
    public void ThrowIfNotIdle()
    {
        if (_hasFailed || _watched is not null)
        {
            throw new InvalidOperationException(
                _hasFailed ? "A pass has failed; create a new pipeline." : "A pass is running; a pipeline runs one at a time.");
        }
    }

    /// <summary>Watches over a pass until it ends.</summary>
    public async Task Watch(Pass pass)
    {
        _watched = pass;
        try
        {
            await pass.Ended;
        }
        finally
        {
            _watched = null;
        }
    }

    /// <summary>Ends the pass with a failure, unless it has one.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="block">The block that failed.</param>
    /// <param name="shard">What it was working on, where that is a shard.</param>
    /// <param name="failure">What was thrown.</param>
    public void Fail(Pass pass, string block, Shard? shard, Exception failure)
    {
        _hasFailed = true;
        pass.Fail(failure is ConvNNException
            ? failure
            : new PipelineException($"{block} failed{(shard is null ? "" : $" in {shard.Describe()}")}: {failure.GetType().Name}: {failure.Message}", failure));
    }

    /// <summary>Stops watching.</summary>
    public void Dispose() => _stop.Set();

    private void Run()
    {
        TimeSpan interval = TimeSpan.FromTicks(Math.Max(_timeout.Ticks / 8, TimeSpan.TicksPerMillisecond));
        long seen = -1;
        TimeSpan quiet = TimeSpan.Zero, used = TimeSpan.Zero;
        while (!_stop.Wait(interval))
        {
            long finished = _clock.Messages;
            Pass? pass = _watched;
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            bool isWorking = processor - used >= Working * interval;
            quiet = pass is null || finished != seen ? TimeSpan.Zero : quiet + (isWorking ? interval / PatienceWithWork : interval);
            (seen, used) = (finished, processor);
            if (pass is not null && quiet >= _timeout)
            {
                string seconds = _timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
                Fail(pass, "watchdog", null, new StallException($"Stalled: no block has finished anything for {seconds} s. {_report()} If a step may take longer, raise Pipeline:StallTimeout."));
            }
        }
    }
}
