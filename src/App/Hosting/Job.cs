using System.Text;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Log;
using ConvNN.App.Output;
using ConvNN.Cluster;
using ConvNN.Training.Cluster;
using ConvNN.Training.Pipeline.Supervision;

namespace ConvNN.App.Hosting;

/// <summary>
/// The job that a launcher has started this process for, if any. Rank 0 writes the log and the files of a run; the others say
/// nothing, unless something fails on them alone.
/// </summary>
/// <param name="launcher">The launcher; null for none.</param>
/// <param name="output">Where rank 0 prints.</param>
/// <param name="log">Where rank 0 reports events.</param>
/// <param name="signals">Ask this rank to stop; it then gives up to wait for others that have not come yet.</param>
internal sealed class Job(Launcher? launcher, LineWriter output, RunLog log, StopSignals? signals = null) : IDisposable
{
    // A launcher starts all processes at once, but hosts may be busy.
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);

    // Before they meet, ranks load data, some of them slowly.
    private static readonly TimeSpan MeetDeadline = TimeSpan.FromMinutes(10);

    // With the first process that ends, a launcher ends the others: rank 0 first writes what it has.
    private static readonly TimeSpan LastWork = TimeSpan.FromSeconds(1);

    private MpiCommunicator? _communicator;
    private TimeSpan _deadline;
    private bool _wasStarted;
    private bool _hasEnded;

    /// <summary>The ranks; null where this process works alone.</summary>
    public RankGroup? Ranks { get; private set; }

    /// <summary>Whether this process is to write the log and all files.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>What connects the ranks: <c>Open MPI 4.1.4</c>.</summary>
    public string? Library => _communicator?.Library;

    /// <summary>The host of each rank.</summary>
    public IReadOnlyList<string> Hosts => _communicator?.Hosts ?? [];

    private CancellationToken Stop => signals?.Token ?? default;

    // A process that works alone is the first, whatever its launcher calls it.
    private int Rank => Ranks?.Rank ?? (_wasStarted ? 0 : launcher?.Rank ?? 0);

    /// <summary>The name of the launcher that has started several processes; null for none.</summary>
    public string? Launcher => launcher is { Size: > 1 } ? launcher.Name : null;

    /// <summary>Connects the ranks, if there are several. From then on only rank 0 prints.</summary>
    /// <param name="options">Whether and how.</param>
    /// <returns>The ranks; null where this process works alone.</returns>
    /// <exception cref="ClusterException">There is no library, it is not the launcher's, or other ranks do not answer.</exception>
    public RankGroup? Start(ClusterOptions options)
    {
        _wasStarted = true;
        if (options.Engine == ClusterEngine.None || (options.Engine == ClusterEngine.Auto && Launcher is null))
        {
            return null;
        }

        _deadline = options.Deadline;
        MpiCommunicator communicator = _communicator = Mpi.Start(launcher, _deadline > StartDeadline ? _deadline : StartDeadline, Stop);
        if (communicator.Size == 1)
        {
            return null;
        }

        Ranks = new RankGroup(communicator, communicator.RanksOnHost);
        communicator.Deadline = MeetDeadline;

        // The launcher may have signalled only one of them.
        Ranks.Stopped.Register(() => signals?.Request("another rank"));
        if (!IsFirst)
        {
            Silence();
        }

        return Ranks;
    }

    /// <summary>Prints nothing any more.</summary>
    public void Silence()
    {
        log.IsShown = _ => false;
        output.Silence();
    }

    /// <summary>The text of rank 0, on all ranks.</summary>
    /// <param name="text">The text; that of other ranks does not count.</param>
    /// <exception cref="ClusterException">Ranks do not answer.</exception>
    public string Share(string text) => Encoding.UTF8.GetString(Ranks!.Communicator.Share(Encoding.UTF8.GetBytes(text)));

    /// <summary>Compares what must be equal on all ranks, and tells each rank what the others have.</summary>
    /// <param name="shared">What must be equal: keys and values.</param>
    /// <param name="own">A text of this rank.</param>
    /// <param name="deadline">The longest that ranks wait for each other from then on.</param>
    /// <returns>The texts of all ranks.</returns>
    /// <exception cref="ClusterException">Something differs; or ranks do not answer.</exception>
    public IReadOnlyList<string> Meet(IReadOnlyDictionary<string, string> shared, string own, TimeSpan deadline)
    {
        _deadline = deadline;
        using CancellationTokenRegistration stopping = Stop.Register(() => Ranks?.RequestStop());
        SortedDictionary<string, string>[] all = [.. Ranks!.Communicator.GatherTexts(string.Join('\n', shared.Select(pair => $"{pair.Key}\t{Escaped(pair.Value)}"))).Select(Parsed)];
        foreach (string key in all.SelectMany(rank => rank.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            (string Value, int[] Ranks)[] values = [.. all.Index().GroupBy(rank => rank.Item.GetValueOrDefault(key, "not there"), rank => rank.Index).Select(group => (group.Key, group.ToArray()))];
            if (values.Length > 1)
            {
                string who = string.Join(", ", values.Select(value => $"{value.Value} on rank{(value.Ranks.Length == 1 ? "" : "s")} {string.Join(", ", value.Ranks)}"));
                throw new ClusterException($"{key} is {who}; start all ranks with the same program, options and data.") { IsShared = true };
            }
        }

        IReadOnlyList<string> texts = Ranks!.Communicator.GatherTexts(own);
        _communicator!.Deadline = _deadline;
        return texts;

        static SortedDictionary<string, string> Parsed(string text) =>
            new(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t', 2)).ToDictionary(pair => pair[0], pair => pair[1]), StringComparer.Ordinal);
    }

    /// <summary>Waits for rank 0, which writes the last files: with the first process that ends, a launcher may end all.</summary>
    public void End()
    {
        if (Ranks is not null && !_hasEnded)
        {
            _hasEnded = true;
            _communicator!.Deadline = _deadline;
            Ranks.Communicator.Broadcast(new byte[1], root: 0);
        }
    }

    /// <summary>
    /// Whether a fault is to be reported here. A fault of all ranks is reported by the first; and so it is, after a signal, that others do
    /// not answer: the launcher is ending them.
    /// </summary>
    /// <param name="fault">What was thrown.</param>
    public bool Reports(Exception fault) => IsFirst || !(IsShared(fault) || (fault is ClusterException && Stop.IsCancellationRequested));

    /// <summary>The beginning of a line that this rank writes beside those of rank 0.</summary>
    public string Prefix => IsFirst ? "" : $"rank {Rank}: ";

    /// <summary>Ends the job after a fault, which has been reported.</summary>
    /// <param name="fault">What was thrown.</param>
    /// <param name="exitCode">The exit code of the job.</param>
    public void Fail(Exception fault, int exitCode)
    {
        if (Ranks is null)
        {
            FailAlone(fault, exitCode);
            return;
        }

        try
        {
            if (IsShared(fault))
            {
                End();
                return;
            }
        }
        catch (ClusterException)
        {
            // The others have gone, too.
        }

        if (!IsFirst)
        {
            using ManualResetEventSlim never = new();
            never.Wait(LastWork);
        }

        Ranks.Communicator.Abort(exitCode);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ranks?.Dispose();
        _communicator?.Dispose();
    }

    // All have the same command line, and a sweep tells of its trials when all have run.
    private static bool IsShared(Exception fault) => fault is UsageException or DivergenceException or SweepException or ClusterException { IsShared: true };

    /// <summary>Ends the job for a fault before this rank has met the others: MPICH's launcher would let them wait for it.</summary>
    private void FailAlone(Exception fault, int exitCode)
    {
        if (Launcher is null || _wasStarted || IsShared(fault) || fault is OperationCanceledException)
        {
            return;
        }

        try
        {
            Mpi.Start(launcher, StartDeadline, Stop).Abort(exitCode);
        }
        catch (Exception unconnected) when (unconnected is ClusterException or OperationCanceledException)
        {
            // The fault has been reported, and nobody can be told.
        }
    }

    private static string Escaped(string value) => value.Replace('\n', ' ');
}
