using System.Diagnostics;
using System.Globalization;

namespace ConvNN.Training.Pipeline.Dataflow;

/// <summary>
/// The threads that workers, fan-out and reducer run on: few, named, and never the thread pool's, whose timers and
/// continuations must not wait for a convolution.
/// </summary>
/// <remarks>
/// It only enqueues and never runs a task inline: <see cref="QueueTask"/> is called under a block's lock
/// (dotnet/runtime#61318). No task waits for another, except for the members of an own-features step, each of which has a thread of its own.
/// </remarks>
internal sealed class PipelineThreads : TaskScheduler, IDisposable
{
    // A thread that parks costs its waker a system call and itself some 50 µs; a step's parts follow each other faster.
    private static readonly long SpinTicks = Stopwatch.Frequency * 20 / 1_000_000;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Queue<Task> _tasks = new(64);
    private int _queued;
    private int _parked;
    private volatile bool _stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="count">Number of threads.</param>
    public PipelineThreads(int count)
    {
        MaximumConcurrencyLevel = count;
        for (int i = 0; i < count; i++)
        {
            Thread thread = new(Run) { IsBackground = true, Name = string.Create(CultureInfo.InvariantCulture, $"convnn worker thread {i}") };

            // Without the caller's ambient state: every task that is made on the thread would carry it along.
            thread.UnsafeStart();
        }
    }

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel { get; }

    /// <summary>Ends the threads, each after the task that it runs.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Release(MaximumConcurrencyLevel);
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        bool wake;
        lock (_gate)
        {
            _tasks.Enqueue(task);
            Volatile.Write(ref _queued, _tasks.Count);
            wake = _parked > 0;
            _parked -= wake ? 1 : 0;
        }

        if (wake)
        {
            _wake.Release();
        }
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return [.. _tasks];
        }
    }

    private void Run()
    {
        while (!_stopping)
        {
            if (TryDequeue(out Task? task) || SpinFor(out task))
            {
                TryExecuteTask(task!);
            }
            else if (MayPark())
            {
                _wake.Wait();
            }
        }
    }

    private bool TryDequeue(out Task? task)
    {
        task = null;
        if (Volatile.Read(ref _queued) == 0)
        {
            return false;
        }

        lock (_gate)
        {
            bool found = _tasks.TryDequeue(out task);
            Volatile.Write(ref _queued, _tasks.Count);
            return found;
        }
    }

    private bool SpinFor(out Task? task)
    {
        task = null;
        long end = Stopwatch.GetTimestamp() + SpinTicks;
        while (Stopwatch.GetTimestamp() < end)
        {
            Thread.SpinWait(8);
            if (TryDequeue(out task))
            {
                return true;
            }
        }

        return false;
    }

    private bool MayPark()
    {
        lock (_gate)
        {
            bool idle = _tasks.Count == 0 && !_stopping;
            _parked += idle ? 1 : 0;
            return idle;
        }
    }
}
