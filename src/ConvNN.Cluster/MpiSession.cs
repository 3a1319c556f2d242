using System.Diagnostics.CodeAnalysis;
using ConvNN.Training.Cluster;

namespace ConvNN.Cluster;

/// <summary>
/// MPI's time in this process, from its initialization to its end. Both can wait for other ranks without end, and MPI wants both on the
/// same thread: they have one of their own, which is left behind if it takes too long.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A thread that is left behind goes on to use them.")]
internal sealed class MpiSession
{
    private const uint LastWords = 100_000;     // µs

    private readonly ManualResetEventSlim _initialized = new();
    private readonly ManualResetEventSlim _ending = new();
    private readonly ManualResetEventSlim _ended = new();
    private int _code;
    private int _threads;

    /// <summary>Begins to initialize.</summary>
    /// <param name="library">The library.</param>
    public MpiSession(MpiLibrary library)
    {
        Library = library;
        Start("MPI", () =>
        {
            _code = library.Initialize(out _threads);
            _initialized.Set();
            _ending.Wait();
            _ = library.Finish();
            _ended.Set();
        });
    }

    /// <summary>The library.</summary>
    public MpiLibrary Library { get; }

    /// <summary>Waits until MPI is initialized.</summary>
    /// <param name="deadline">The longest that it waits.</param>
    /// <param name="cancellationToken">Gives up to wait.</param>
    /// <exception cref="ClusterException">The library failed, is not made for threads, or did not come back in time.</exception>
    public void WaitForStart(TimeSpan deadline, CancellationToken cancellationToken)
    {
        if (!_initialized.Wait(deadline, cancellationToken))
        {
            throw new ClusterException($"{Library.Name} did not start within {deadline.TotalSeconds:0.#} s: another rank has not come so far, or a host cannot be reached");
        }

        if (_code != 0)
        {
            throw new ClusterException($"{Library.Name} ({Library.File}) did not start: {Library.ErrorText(_code)}");
        }

        if (_threads < Library.Abi.ThreadSerialized)
        {
            throw new ClusterException($"{Library.Name} ({Library.File}) can be called from its first thread only (level {_threads}), and ConvNN calls it from several (MPI_THREAD_SERIALIZED): use a library that is built for threads, or take OMPI_MPI_THREAD_LEVEL out of the environment");
        }
    }

    /// <summary>Takes leave of MPI.</summary>
    /// <param name="deadline">The longest that it waits for the other ranks, which do the same.</param>
    public void End(TimeSpan deadline)
    {
        _ending.Set();
        _ended.Wait(deadline);
    }

    /// <summary>Ends all ranks of the job.</summary>
    /// <param name="exitCode">The job's exit code.</param>
    /// <param name="deadline">The longest that it waits for the end of this process.</param>
    public void Abort(int exitCode, TimeSpan deadline)
    {
        using ManualResetEventSlim returned = new();
        Start("MPI_Abort", () =>
        {
            // A launcher that ends a job does not read what ranks have just written: it has a moment for that.
            _ = Libc.Sleep(LastWords);
            _ = Library.Abort(exitCode);
            returned.Set();
        });
        returned.Wait(deadline);
    }

    private static void Start(string name, Action run) => new Thread(() => run()) { IsBackground = true, Name = name }.Start();
}
