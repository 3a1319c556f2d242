using ConvNN.App.Commands.Bench.Measuring;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Training;
using ConvNN.Training.Cluster;
using ConvNN.Training.Metrics;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.App.Commands.Bench;

/// <summary>
/// <c>convnn bench --cluster</c>: what the connection of several ranks can do, and the time of a step that follows from it, beside the
/// measured one.
/// </summary>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="request">Whether a configuration file was named.</param>
/// <param name="output">Where it prints.</param>
/// <param name="log">Where downloads are reported.</param>
/// <param name="time">The clock.</param>
/// <param name="meter">Measures the steps.</param>
/// <param name="job">The job that this process is a rank of.</param>
internal sealed class ClusterBenchCommand(
    ConfigurationSources sources, BenchRequest request, LineWriter output, RunLog log, TimeProvider time, TrainingMeter meter, Job job) : IRankCommand
{
    private const int Rounds = 5;

    // A round takes about that long, so that the beginning and end of a pass hardly matter.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(0.4);
    private const int LeastSteps = 4;
    private const int MostSteps = 20_000;

    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        BenchPlan plan = BenchPlan.Read(sources, request.HasFile);
        RunConfiguration run = plan.Runs[0];
        RankGroup ranks = job.Start(new ClusterOptions { Engine = ClusterEngine.Mpi })
            ?? throw new UsageException("--cluster measures ranks together; start it by a launcher, such as mpirun -n 2.");
        RunMaterial material = await RunMaterial.LoadAsync(run, new DownloadReporter(log, run.Logging.Interval, time), cancellationToken);
        PipelinePlan own = new(material.Network, run.Training, (run.Pipeline with { Ranks = ranks }).For(material.Data.Outline));
        IReadOnlyList<string> workers = job.Meet(new Dictionary<string, string> { ["the program"] = Machine.Build }, $"{own.Workers}", run.Cluster.Deadline);
        Print($"cluster {Figures.Untied($"{ClusterEvents.Of(job.Library!, job.Hosts, workers).Text}")}");
        LinkSpeed link = LinkSpeed.Measure(ranks.Communicator);
        Print(FormattableString.Invariant($"link    a message takes {1e6 * link.Latency:0.0} µs and {(link.SecondsPerByte > 0 ? $"{1e-6 / link.SecondsPerByte:N0} MB/s follow" : "its length makes no difference")}"));
        Print("");
        TextTable table = TextTable.OfFigures("network, batch", "exchange", "messages", "kB/step", "one rank µs", "share µs", "exchange µs", "forecast µs", "measured µs", "±", "measured : forecast", "images/s");
        foreach (BenchmarkCase subject in plan.Cases(material, request.HasFile, BenchPlan.HasBatches(sources)))
        {
            table.Add(await MeasureAsync(subject, ranks, cancellationToken));
        }

        foreach (string line in table.Lines())
        {
            Print(line);
        }

        return ExitCode.Done;
    }

    private async Task<string[]> MeasureAsync(BenchmarkCase subject, RankGroup ranks, CancellationToken cancellationToken)
    {
        PipelineOptions options = subject.Pipeline with { Ranks = ranks };
        RankForecast forecast = await RankForecast.MeasureAsync(subject.Network, subject.Data, subject.Training, options, cancellationToken);
        await using PipelineSubject pipeline = new(subject, options, meter);
        List<double> seconds = [];

        // All ranks know the same forecast, and so the same number of steps.
        int steps = (int)Math.Clamp(Turn.TotalSeconds / forecast.Step, LeastSteps, MostSteps);
        for (int round = 0; round <= Rounds; round++)
        {
            double step = (await pipeline.TrainAsync(steps, cancellationToken)).Elapsed.TotalSeconds / steps;
            seconds.AddRange(round == 0 ? [] : [step]);
        }

        Spread measured = Spread.Of(seconds);
        return
        [
            $"{subject.Name}, {subject.Training.BatchSize}",
            pipeline.Exchange,
            $"{forecast.Messages}",
            FormattableString.Invariant($"{forecast.Bytes / 1e3:N0}"),
            Micro(forecast.Alone),
            Micro(forecast.Share),
            Micro(forecast.Exchange),
            Micro(forecast.Step),
            Micro(measured.Median),
            Figures.Untied(Figures.Share(measured.Deviation)),
            FormattableString.Invariant($"{measured.Median / forecast.Step:0.00}"),
            FormattableString.Invariant($"{subject.Training.BatchSize / measured.Median:N0}"),
        ];
    }

    private static string Micro(double seconds) => FormattableString.Invariant($"{1e6 * seconds:N0}");

    private void Print(string line) => output.Show(line);
}
