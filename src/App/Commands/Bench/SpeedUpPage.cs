using ConvNN.App.Commands.Bench.Measuring;
using ConvNN.App.Reports;

namespace ConvNN.App.Commands.Bench;

/// <summary>The page of <c>bench --html</c>: the speed-up over one worker, measured and predicted, beside that of Amdahl's law.</summary>
/// <param name="networks">The networks that were measured.</param>
internal sealed class SpeedUpPage(IReadOnlyList<NetworkReport> networks)
{
    /// <summary>The page.</summary>
    public string Html() => HtmlPage.WithCharts("Speed-up – ConvNN", [.. Head(), .. networks.SelectMany(Network), "</div>"]);

    private static IEnumerable<string> Head()
    {
        yield return "<h1>Speed-up</h1>";
        yield return $"<p class=\"faint\">{HtmlPage.Escape($"{Output.Machine.Version} · {Output.Machine.Runtime} · {Output.Machine.Architecture} · {Output.Machine.Cores}")}</p>";
        yield return "<p>Images/s over those of one worker. <em>Amdahl</em> is 1 / ((1 − p) + p / W): p is the share of the work that W workers can divide, fitted to what was measured. "
            + "Where the measured curve stays below it, workers also wait for each other, or for memory.</p>";
        yield return "<div class=\"charts\">";
    }

    private static IEnumerable<string> Network(NetworkReport network)
    {
        WorkersReport[] measured = [.. network.Workers.Where(report => report.SpeedUp is not null && report.Workers <= Environment.ProcessorCount).OrderBy(report => report.Workers)];
        CorePrediction[] predicted = [.. (network.Cores?.Predictions ?? []).OrderBy(prediction => prediction.Cores)];
        int most = Math.Max(measured.Select(report => report.Workers).DefaultIfEmpty(1).Max(), predicted.Select(prediction => prediction.Cores).DefaultIfEmpty(1).Max());
        double share = Amdahl.Fit([.. measured.Select(report => ((double)report.Workers, report.SpeedUp!.Value))]);
        double[] workers = [.. Enumerable.Range(1, most).Select(count => (double)count)];
        List<Curve> curves = [new Curve("measured", [.. measured.Select(report => (double)report.Workers)], [.. measured.Select(report => report.SpeedUp!.Value)])];
        if (predicted.Length > 0)
        {
            curves.Add(new Curve("predicted", [.. predicted.Select(prediction => (double)prediction.Cores)], [.. predicted.Select(prediction => prediction.SpeedUp)]));
        }

        curves.Add(new Curve($"Amdahl, p = {share:0.000}", workers, [.. workers.Select(count => Amdahl.SpeedUp(share, count))]));
        curves.Add(new Curve("as many as workers", workers, workers));
        yield return new Chart($"{network.Name}, batch {network.BatchSize}", "workers", curves, StartsAtZero: true).Html();
    }
}
