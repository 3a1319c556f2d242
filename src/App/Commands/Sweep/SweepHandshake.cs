using System.Text;
using ConvNN.App.Output;
using ConvNN.Files;
using ConvNN.Training.Cluster;

namespace ConvNN.App.Commands.Sweep;

/// <summary>What the ranks of a sweep know of each other before it begins.</summary>
/// <param name="Slots">How many trials each rank trains at a time.</param>
/// <param name="SharesMachine">Whether ranks are on one machine.</param>
internal sealed record SweepHandshake(IReadOnlyList<int> Slots, bool SharesMachine)
{
    /// <summary>Compares the trials of all ranks.</summary>
    /// <param name="communicator">The ranks.</param>
    /// <param name="request">How trials run.</param>
    /// <param name="trials">The trials, in the order of the sweep.</param>
    /// <exception cref="ClusterException">Ranks have other trials than rank 0, or do not answer.</exception>
    public static SweepHandshake Of(ICommunicator communicator, SweepRequest request, IEnumerable<PreparedTrial> trials)
    {
        IEnumerable<string> wanted = [$"{Machine.Build} {request.Part} {request.Keep} {request.IsHalving} {request.Parallel is null}", .. trials.Select(trial => $"{trial.Trial.Number} {trial.Begun.Identity} {trial.Fault?.Message}")];
        string own = string.Join('\n', Sha256Hash.Of(Encoding.UTF8.GetBytes(string.Join('\n', wanted))), request.Parallel ?? 1, request is { Parallel: not null, IsByCores: true }, Environment.MachineName);
        string[][] ranks = [.. communicator.GatherTexts(own).Select(text => text.Split('\n', 4))];
        string[] others = [.. ranks.Index().Where(rank => rank.Item[0] != ranks[0][0]).Select(rank => $"{rank.Index}")];
        return others.Length == 0
            ? new SweepHandshake([.. ranks.Select(Slots)], ranks.DistinctBy(rank => rank[3]).Count() < ranks.Length)
            : throw new ClusterException(
                $"{(others.Length == 1 ? "rank" : "ranks")} {string.Join(", ", others)} of {ranks.Length}: not the trials of rank 0; start all ranks with the same options, configurations, data and version of the program.")
            {
                IsShared = true,
            };

        // Ranks on one machine share its cores.
        int Slots(string[] rank) => Math.Max(1, int.Parse(rank[1]) / (bool.Parse(rank[2]) ? ranks.Count(other => other[3] == rank[3]) : 1));
    }
}
