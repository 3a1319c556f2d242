using System.Runtime.InteropServices;
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
internal sealed class Job(Launcher? launcher, LineWriter output, RunLog log) : IDisposable
{
    // Before they meet, ranks load data, some of them slowly.
    private static readonly TimeSpan FirstDeadline = TimeSpan.FromMinutes(10);

    // With the first process that ends, a launcher ends the others: rank 0 first writes what it has.
    private static readonly TimeSpan LastWork = TimeSpan.FromSeconds(1);

    private MpiCommunicator? _communicator;
    private TimeSpan _deadline;

    /// <summary>The ranks; null where this process works alone.</summary>
    public RankGroup? Ranks { get; private set; }

    /// <summary>Whether this process is to write the log and all files.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>What connects the ranks: <c>Open MPI 4.1.4</c>.</summary>
    public string? Library => _communicator?.Library;

    /// <summary>The host of each rank.</summary>
    public IReadOnlyList<string> Hosts => _communicator?.Hosts ?? [];

    private int Rank => Ranks?.Rank ?? launcher?.Rank ?? 0;

    /// <summary>The name of the launcher that has started several processes; null for none.</summary>
    public string? Launcher => launcher is { Size: > 1 } ? launcher.Name : null;

    /// <summary>Connects the ranks, if there are several. From then on only rank 0 prints.</summary>
    /// <param name="options">Whether and how.</param>
    /// <returns>The ranks; null where this process works alone.</returns>
    /// <exception cref="ClusterException">There is no library, it is not the launcher's, or other ranks do not answer.</exception>
    public RankGroup? Start(ClusterOptions options)
    {
        if (options.Engine == ClusterEngine.None || (options.Engine == ClusterEngine.Auto && Launcher is null))
        {
            return null;
        }

        _deadline = options.Deadline;
        _communicator = Mpi.Start(launcher, FirstDeadline);
        if (_communicator.Size == 1)
        {
            return null;
        }

        Ranks = new RankGroup(_communicator, _communicator.RanksOnHost);
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
    public string Share(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int[] length = [bytes.Length];
        Ranks!.Communicator.Broadcast(MemoryMarshal.AsBytes(length.AsSpan()), root: 0);
        Array.Resize(ref bytes, length[0]);
        Ranks.Communicator.Broadcast(bytes, root: 0);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Compares what must be equal on all ranks, and tells each rank what the others have.</summary>
    /// <param name="shared">What must be equal: keys and values.</param>
    /// <param name="own">A text of this rank.</param>
    /// <returns>The texts of all ranks.</returns>
    /// <exception cref="ClusterException">Something differs; or ranks do not answer.</exception>
    public IReadOnlyList<string> Meet(IReadOnlyDictionary<string, string> shared, string own)
    {
        SortedDictionary<string, string>[] all = [.. Gather(string.Join('\n', shared.Select(pair => $"{pair.Key}\t{Escaped(pair.Value)}"))).Select(Parsed)];
        foreach (string key in all.SelectMany(rank => rank.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            (string Value, int[] Ranks)[] values = [.. all.Index().GroupBy(rank => rank.Item.GetValueOrDefault(key, "not there"), rank => rank.Index).Select(group => (group.Key, group.ToArray()))];
            if (values.Length > 1)
            {
                string who = string.Join(", ", values.Select(value => $"{value.Value} on rank{(value.Ranks.Length == 1 ? "" : "s")} {string.Join(", ", value.Ranks)}"));
                throw new ClusterException($"{key} is {who}; start all ranks with the same program, options and data.") { IsShared = true };
            }
        }

        IReadOnlyList<string> texts = Gather(own);
        _communicator!.Deadline = _deadline;
        return texts;

        static SortedDictionary<string, string> Parsed(string text) =>
            new(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t', 2)).ToDictionary(pair => pair[0], pair => pair[1]), StringComparer.Ordinal);
    }

    /// <summary>Waits for rank 0, which writes the last files: with the first process that ends, a launcher may end all.</summary>
    public void End()
    {
        if (Ranks is not null)
        {
            _communicator!.Deadline = _deadline;
            Ranks.Communicator.Broadcast(new byte[1], root: 0);
        }
    }

    /// <summary>Whether a fault is to be reported here: a fault of all ranks is reported by the first.</summary>
    /// <param name="fault">What was thrown.</param>
    public bool Reports(Exception fault) => IsFirst || !IsShared(fault);

    /// <summary>The beginning of a line that this rank writes beside those of rank 0.</summary>
    public string Prefix => IsFirst ? "" : $"rank {Rank}: ";

    /// <summary>Ends the job after a fault, which has been reported.</summary>
    /// <param name="fault">What was thrown.</param>
    /// <param name="exitCode">The exit code of the job.</param>
    public void Fail(Exception fault, int exitCode)
    {
        if (Ranks is null)
        {
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

    // All have the same command line.
    private static bool IsShared(Exception fault) => fault is UsageException or DivergenceException or ClusterException { IsShared: true };

    private static string Escaped(string value) => value.Replace('\n', ' ');

    /// <summary>The texts of all ranks.</summary>
    private string[] Gather(string own)
    {
        ICommunicator communicator = Ranks!.Communicator;
        byte[] mine = Encoding.UTF8.GetBytes(own);
        int[] lengths = new int[communicator.Size];
        lengths[communicator.Rank] = mine.Length;
        communicator.Gather(MemoryMarshal.AsBytes(lengths.AsSpan()), [.. lengths.Select(_ => sizeof(int))]);
        byte[] all = new byte[lengths.Sum()];
        mine.CopyTo(all, lengths.Take(communicator.Rank).Sum());
        communicator.Gather(all, lengths);
        string[] texts = new string[lengths.Length];
        for (int rank = 0, start = 0; rank < texts.Length; start += lengths[rank], rank++)
        {
            texts[rank] = Encoding.UTF8.GetString(all, start, lengths[rank]);
        }

        return texts;
    }
}
