using ConvNN.App.Commands.Bench.Measuring;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Files;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Training.Metrics;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.App.Commands.Bench;

/// <summary>
/// <c>convnn bench</c>: measures the peak performance of the machine, then how much of it networks reach, with several
/// numbers of workers. Downloads nothing unless a dataset is named; writes no files.
/// </summary>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="request">How long to measure, and the output format.</param>
/// <param name="signals">Stops it.</param>
/// <param name="output">Where it prints.</param>
/// <param name="log">Where downloads are reported.</param>
/// <param name="time">The clock.</param>
/// <param name="meter">Measures the steps.</param>
internal sealed class BenchCommand(
    ConfigurationSources sources,
    BenchRequest request,
    StopSignals signals,
    LineWriter output,
    RunLog log,
    TimeProvider time,
    TrainingMeter meter) : ICommand
{
    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        BenchPlan plan = BenchPlan.Read(sources, request.HasFile);
        if (request.Html is not null && !plan.Workers.Contains(1))
        {
            throw new UsageException("--html draws the speed-up over one worker; add 1 to --workers.");
        }

        RunConfiguration run = plan.Runs[0];
        RunMaterial material = await RunMaterial.LoadAsync(run, new DownloadReporter(log, run.Logging.Interval, time), cancellationToken);
        BenchmarkCase[] cases = [.. plan.Cases(material, request.HasFile, BenchPlan.HasBatches(sources))];
        CheckPredictions(cases);
        BenchmarkPace pace = request.IsQuick ? BenchmarkPace.Quick : BenchmarkPace.Full;
        KernelTier tier = run.Pipeline.Kernels ?? KernelSet.BestTier;
        Print(BenchReport.Head(sources.File.Name, material.Data, pace, tier, output.Terminal?.Columns ?? int.MaxValue));
        try
        {
            MachineReport machine = MachineBenchmark.Run(pace, cancellationToken);
            Print(BenchReport.Machine(machine));
            // A prediction begins with one core, and knows of a second what it adds to an empty step.
            bool isPredicting = request.Cores.Count > 0;
            IReadOnlyList<HandOffReport> handOff = await HandOffBenchmark.RunAsync(isPredicting ? [.. plan.Workers.Union([1, 2])] : plan.Workers, pace, meter, cancellationToken);
            Print(BenchReport.HandOff(handOff));
            MeetingReport? meeting = isPredicting ? MeetingBenchmark.Run(pace, cancellationToken) : null;
            List<NetworkReport> networks = [];
            foreach (BenchmarkCase untrained in cases)
            {
                BenchmarkCase subject = await PipelineSubject.TrainedAsync(untrained, pace, meter, cancellationToken);
                CoresBenchmark? cores = isPredicting ? new CoresBenchmark(subject, request.Cores, handOff, meeting) : null;
                networks.Add(await NetworkBenchmark.RunAsync(subject, isPredicting ? [.. plan.Workers.Union([1])] : plan.Workers, pace, meter, cores, cancellationToken));
                Print(BenchReport.Network(networks[^1]));
            }

            if (request.IsJson)
            {
                foreach (string line in BenchRecord.Of(tier, material.Data.Name, pace.Rounds, request.IsQuick, machine, handOff, networks).ToJson().Split('\n'))
                {
                    output.Write(line);
                }
            }

            if (request.Html is { } page)
            {
                OutputException.Guard(page, () => AtomicFile.Write(page, new SpeedUpPage(networks).Html()));
                Print([$"saved   {page}: the speed-up beside Amdahl's; open it in a browser"]);
            }

            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Print([$"stopped by {signals.Name}; nothing more is measured"]);
            return signals.ExitCode;
        }
    }

    /// <summary>Refuses to predict steps of own features where these cannot run, or were not asked for.</summary>
    private void CheckPredictions(IEnumerable<BenchmarkCase> cases)
    {
        if (request.Cores.Count > 0 && cases.Any(subject => subject.Pipeline.Exchange == ExchangeKind.FullGradients || PipelinePlan.RefusalOfOwnFeatures(subject.Training, subject.Pipeline) is not null))
        {
            throw new UsageException("--cores predicts steps of the exchange own-features, but this configuration takes full-gradients; leave --cores out, or Pipeline:Exchange, Training:ClipNorm and the reference kernels.");
        }
    }

    private void Print(IEnumerable<string> lines)
    {
        if (!request.IsJson)
        {
            foreach (string line in lines)
            {
                output.Write(line);
            }
        }
    }
}
