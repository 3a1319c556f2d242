using ConvNN.Training;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Log.Events;

/// <summary>The lines that say which processes train together, and what a step of theirs takes.</summary>
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

    /// <summary>The event of a forecast: a warning if ranks are slower together than one alone.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="ranks">The number of ranks.</param>
    public static TextEvent Of(RankForecast forecast, int ranks)
    {
        string times = $"a step takes about {Milli(forecast.Step)} on {ranks} ranks, {Milli(forecast.Exchange)} of it for {forecast.Messages} messages of {forecast.Bytes / 1e3:N0} kB, and {Milli(forecast.Alone)} on one";
        if (!forecast.Pays)
        {
            string[] ways =
            [
                .. forecast.PayingBatch is { } batch ? [$"--batch-size {batch}"] : Array.Empty<string>(),
                .. forecast.PayingLocalSteps is { } steps ? [$"Cluster:LocalSteps={steps}"] : Array.Empty<string>(),
            ];
            string from = ways.Length == 0 ? "no batch size makes up for this connection" : $"another rank pays from {string.Join(" or ", ways)} on (other weights)";
            return TextEvent.Warning($"{times}; {from}");
        }

        return new TextEvent(
            "forecast",
            $"{times}",
            new("step_seconds", Math.Round(forecast.Step, 7)),
            new("exchange_seconds", Math.Round(forecast.Exchange, 7)),
            new("alone_seconds", Math.Round(forecast.Alone, 7)),
            new("latency_seconds", Math.Round(forecast.Link.Latency, 9)),
            new("bytes_per_step", forecast.Bytes));
    }

    private static string Milli(double seconds) => $"{Significant(1e3 * seconds)} ms";

    /// <summary>Neighbouring numbers in short: <c>0–3, 8</c>.</summary>
    private static string Runs(int[] ranks) => string.Join(
        ", ", ranks.Index().GroupBy(rank => rank.Item - rank.Index, rank => rank.Item).Select(run => run.First() == run.Last() ? $"{run.First()}" : $"{run.First()}–{run.Last()}"));
}
