using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Training;
using ConvNN.Training.Metrics;
using ConvNN.Training.Progress;

namespace ConvNN.App.Commands.Verify;

/// <summary>
/// <c>convnn verify</c>: trains the same configuration with several numbers of workers and with several kernels, and
/// compares the weights bit for bit. Writes no files.
/// </summary>
/// <remarks>
/// By default: 1, 2, 3 and 8 workers, and a number that changes at random every few steps; the widest vectors of the machine, all
/// narrower ones, and the reference if it takes no more than a minute or two.
/// </remarks>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="signals">Stops it.</param>
/// <param name="log">Where it reports events.</param>
/// <param name="time">The clock.</param>
/// <param name="meter">Measures the runs.</param>
internal sealed class VerifyCommand(ConfigurationSources sources, StopSignals signals, RunLog log, TimeProvider time, TrainingMeter meter) : ICommand
{
    private const string EpochsKey = "Training:Epochs";
    private const string OutputKey = "Output:Directory";
    private const string DefaultWorkers = "1,2,3,8";

    // The scalar reference does about 10⁹ operations per second and thread, and a training step takes three times the forward pass.
    private const double AffordableOperations = 3e10;

    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (sources.CommandLine.ContainsKey(OutputKey))
        {
            throw new UsageException("verify writes no files; leave --output out.");
        }

        IReadOnlyList<RunConfiguration> runs = Plan();
        RunReporter reporter = new(log, runs[0]);
        reporter.Start(sources.File.Name);
        RunMaterial material = await RunMaterial.LoadAsync(runs[0], new DownloadReporter(log, runs[0].Logging.Interval, time), cancellationToken);
        reporter.Material(material);
        runs = Affordable(runs, material);
        return await CompareAsync(runs, material, cancellationToken);
    }

    private async Task<int> CompareAsync(IReadOnlyList<RunConfiguration> runs, RunMaterial material, CancellationToken cancellationToken)
    {
        log.Write(new VerifyEvent(runs.Count, runs[0].Training.Epochs));
        List<string> hashes = [];
        foreach (RunConfiguration run in runs)
        {
            Trainer trainer = new(material.Network, material.Data, run.Training, run.Pipeline) { Meter = meter };
            TrainingResult result = await trainer.RunAsync(cancellationToken: cancellationToken);
            if (result.IsStopped)
            {
                log.Write(TextEvent.Stopped(signals.Name, "; nothing is proved", hashes.Count, runs.Count));
                return signals.ExitCode;
            }

            hashes.Add(result.WeightsSha256);
            PassResult training = result.Epochs[^1].Training;
            string kernels = Machine.NameOf(run.Pipeline.Kernels ?? KernelSet.BestTier);
            int workers = run.Pipeline.WorkersFor(run.Training.BatchSize);
            log.Write(new VerifyRunEvent(workers, kernels, training.ImagesPerSecond, result.WeightsSha256) { IsChanging = run.Pipeline.ChangesThreads });
        }

        (TextEvent verdict, int exitCode) = Verdict(hashes);
        log.Write(verdict);
        return exitCode == ExitCode.Done
            ? exitCode
            : throw new DifferenceException($"{verdict.Text}: workers or kernels that must not change a bit do so on this machine; the lines above show which, and a bug report should have them.");
    }

    /// <summary>Whether all runs gave the same weights, as an event and an exit code.</summary>
    /// <param name="hashes">The hash of each run's weights.</param>
    internal static (TextEvent Verdict, int ExitCode) Verdict(IReadOnlyCollection<string> hashes)
    {
        int different = hashes.Distinct(StringComparer.Ordinal).Count();
        return different == 1
            ? (new TextEvent("equal", $"{hashes.Count:runs} runs gave the same weights, bit for bit", new Field("sets_of_weights", different)), ExitCode.Done)
            : (new TextEvent("different", $"{hashes.Count:runs} runs gave {different:sets_of_weights} different sets of weights"), ExitCode.Different);
    }

    /// <summary>The runs without the scalar reference, if it would take long and was not requested.</summary>
    private IReadOnlyList<RunConfiguration> Affordable(IReadOnlyList<RunConfiguration> runs, RunMaterial material)
    {
        double operations = (double)runs[0].Training.Epochs * material.Data.Train.Count * material.Network.Layers.Sum(layer => layer.Operations);
        if (sources.CommandLine.ContainsKey(VerifyPlan.KernelsKey) || operations <= AffordableOperations)
        {
            return runs;
        }

        log.Write(new TextEvent("skip", "the scalar reference, since it would take long here; use --kernels auto,reference to include it"));
        return [.. runs.Where(run => run.Pipeline.Kernels != KernelTier.Reference)];
    }

    /// <summary>The configurations that must give the same weights.</summary>
    private IReadOnlyList<RunConfiguration> Plan()
    {
        ConfigurationSources once = sources.CommandLine.ContainsKey(EpochsKey) ? sources : sources.With(EpochsKey, "1");
        IReadOnlyList<RunConfiguration> runs = VerifyPlan.Read(once, DefaultWorkers, string.Join(',', Machine.Tiers));
        return runs.Count > 1 ? runs : throw new UsageException("verify compares runs; give it a list of workers or of kernels: --workers 1,2,3,8");
    }
}
