using ConvNN.App.Configuration;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Data;
using ConvNN.Data.Catalog;
using ConvNN.Formats;
using ConvNN.Kernels;
using ConvNN.Model.Networks;
using ConvNN.Training;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.App.Commands.Train;

/// <summary>Logs what a run would do, and the memory and work it would need.</summary>
/// <param name="log">The log.</param>
/// <param name="run">The run's configuration.</param>
internal sealed class PlanReporter(RunLog log, RunConfiguration run)
{
    private readonly string _kernels = Machine.NameOf(run.Pipeline.Kernels ?? KernelSet.BestTier);

    /// <summary>Logs the start of the run, and where its configuration comes from.</summary>
    /// <param name="sources">The sources of the configuration.</param>
    public void Start(ConfigurationSources sources)
    {
        log.Format = run.Logging.Format;
        log.Write(new StartEvent(run.Name, sources.File.Name, _kernels));
        if (Machine.Slowness is { } slow)
        {
            log.Write(TextEvent.Warning(slow));
        }

        string[] changes =
        [
            .. sources.Environment.Keys.Order(StringComparer.Ordinal).Select(EnvironmentSettings.VariableOf),
            .. sources.CommandLine.Keys.Select(sources.OptionOf),
        ];
        if (changes.Length > 0)
        {
            log.Write(new TextEvent("changed", $"by {string.Join(", ", changes):by}"));
        }
    }

    /// <summary>Logs the data and the network.</summary>
    /// <param name="data">The dataset.</param>
    /// <param name="wanted">The part that the run would use.</param>
    /// <param name="network">The network.</param>
    /// <param name="start">The weights that it would begin with; null for none.</param>
    public void Material(DatasetPreview data, DatasetOutline wanted, Network network, StartingWeights? start)
    {
        log.Write(DataEvent.Of(data, wanted));
        if (data.FallbackReason is { } reason)
        {
            log.Write(TextEvent.Warning($"{DataEvent.SampleLabel}: MNIST is not available, so the run would use the embedded sample of digits: {reason}"));
        }

        if (data.LeftOut is { } leftOut)
        {
            log.Write(TextEvent.Warning($"{data.Source}: {leftOut}."));
        }

        log.Write(new NetworkEvent(run.Name, network));
        foreach (RunEvent line in StartingWeightsEvents.Of(start))
        {
            log.Write(line);
        }
    }

    /// <summary>Logs how a step would be divided, what the run would need, and that nothing was done.</summary>
    /// <param name="data">The part of the dataset that the run would use.</param>
    /// <param name="network">The network.</param>
    public void Plan(DatasetOutline data, Network network)
    {
        PipelinePlan plan = new(network, run.Training, run.Pipeline.For(data));
        log.Write(TrainEvent.Of(run.Training, plan, _kernels));
        log.Write(Division(plan, data, network));
        PipelinePlan beginning = WorkerCandidates.BeginningOf(WorkerCandidates.Of(network, data, run.Training, run.Pipeline), plan, run.Pipeline);
        log.Write(Memory(new MemoryPlan(network, data, run.Training, plan, beginning.Threads == plan.Threads ? null : beginning)));
        if (RunMaterial.UnusedBatches(run.Training, data) is { } unused)
        {
            log.Write(TextEvent.Warning(unused));
        }

        foreach (string advice in WorkerAdvice.For(plan, run.Pipeline))
        {
            log.Write(TextEvent.Warning(advice));
        }

        string folder = run.Output.Directory ?? $"runs/<time>-{run.Name}";
        log.Write(TextEvent.Output(folder, isDryRun: true));
    }

    private TextEvent Division(PipelinePlan plan, DatasetOutline data, Network network)
    {
        int batches = (int)Math.Ceiling((double)data.TrainCount / run.Training.BatchSize);
        long steps = (long)batches * run.Training.Epochs / run.Training.Accumulate;
        string every = run.Training.Accumulate == 1 ? "" : $" and an optimizer step for every {run.Training.Accumulate} of them, {steps:N0} in all";
        (int fewest, int most) = (plan.Samples.Min(), plan.Samples.Max());
        string share = fewest == most ? $"{most}" : $"{fewest}–{most}";
        double flop = network.TrainingOperations * run.Training.BatchSize;
        return new TextEvent(
            "plan",
            $"{batches:batches_per_epoch|N0} batches an epoch{every}; each of {run.Training.BatchSize:batch_size|N0} images in {plan.Leaves:leaves} leaves; "
                + $"up to {plan.Workers:workers} workers, {plan.Threads:threads} at first, with {share} images each{(plan.Exchange == ExchangeKind.OwnFeatures && plan.Threads > 1 ? $"; {plan.Division}" : "")}; about {flop / 1e6:N1} MFLOP a batch",
            new Field("steps", steps),
            new Field("division", plan.Exchange == ExchangeKind.OwnFeatures ? $"{plan.Division}" : "all layers by samples"),
            new Field("samples_per_shard", string.Join(',', plan.Samples)),
            new Field("batch_operations", (long)flop));
    }

    private static TextEvent Memory(MemoryPlan memory) => new(
        "memory",
        $"{Size(memory.Bytes)}: {string.Join(", ", memory.Parts.OrderByDescending(part => part.Bytes).Select(part => $"{part.Name} {Size(part.Bytes)}"))}",
        [new Field("total_bytes", memory.Bytes), .. memory.Parts.Select(part => new Field($"{part.Name}_bytes", part.Bytes)), new Field("inspection_bytes", memory.InspectionBytes)]);

    private static string Size(long bytes) => $"{bytes / 1e6:N1} MB";
}
