using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Log.Events;

/// <summary>The line that says which processes train together.</summary>
internal static class ClusterEvents
{
    /// <summary>The event of a job.</summary>
    /// <param name="library">What connects the ranks: <c>Open MPI 4.1.4</c>.</param>
    /// <param name="hosts">The host of each rank.</param>
    /// <param name="workers">The most workers of each rank.</param>
    public static TextEvent Of(string library, IReadOnlyList<string> hosts, IReadOnlyList<string> workers)
    {
        IEnumerable<string> places = hosts.Index().GroupBy(rank => rank.Item, rank => rank.Index)
            .Select(host => $"{(host.Count() == 1 ? "rank" : "ranks")} {Runs([.. host])} on {host.Key}");
        string each = workers.Distinct().Count() == 1
            ? $"up to {Plural(int.Parse(workers[0], System.Globalization.CultureInfo.InvariantCulture), "worker")} each"
            : $"up to {string.Join(", ", workers)} workers";
        return new TextEvent(
            "cluster",
            $"{hosts.Count:ranks} ranks by {library:library}: {string.Join("; ", places)}; {each}",
            new Field("hosts", string.Join(',', hosts)),
            new Field("workers", string.Join(',', workers)));
    }

    /// <summary>Neighbouring numbers in short: <c>0–3, 8</c>.</summary>
    private static string Runs(int[] ranks) => string.Join(
        ", ", ranks.Index().GroupBy(rank => rank.Item - rank.Index, rank => rank.Item).Select(run => run.First() == run.Last() ? $"{run.First()}" : $"{run.First()}–{run.Last()}"));
}
