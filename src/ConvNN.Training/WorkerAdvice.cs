using System.Globalization;
using ConvNN.Kernels.Sums;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training;

/// <summary>Notices settings that are predicted to be slower than others, or without effect. They are no fault: the weights are the same.</summary>
public static class WorkerAdvice
{
    /// <summary>One line for each: which setting is predicted to be faster and from what, or which batch size would employ all workers. Empty if no number of workers was chosen.</summary>
    /// <param name="plan">How steps are divided.</param>
    /// <param name="pipeline">Workers and leaves, as they were asked for.</param>
    public static IEnumerable<string> For(PipelinePlan plan, PipelineOptions pipeline)
    {
        if (pipeline.Workers is not { } workers)
        {
            yield break;
        }

        if (plan.Exchange == ExchangeKind.OwnFeatures && plan.Threads < plan.FastestThreads)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Pipeline:Workers is {workers}, which leaves cores idle: --workers auto would use {plan.FastestThreads}, predicted to be faster, since a step has {plan.StepOperations / 1e6:0.#} million operations and a thread pays from {PipelinePlan.OperationsPerThread / 1e6:0.#} million on (the same weights; bench measures both).");
        }

        int employed = Employed(plan.BatchSize, plan.Leaves, workers);
        if (employed < workers)
        {
            string way = EmployingBatch(workers, pipeline.Leaves) is { } batch
                ? string.Create(CultureInfo.InvariantCulture, $"--batch-size {batch} would use all")
                : string.Create(CultureInfo.InvariantCulture, $"--set Pipeline:Leaves={workers} with --batch-size {Math.Max(workers, plan.BatchSize)} would use all");
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Pipeline:Workers is {workers}, but a batch of {plan.BatchSize} uses only {employed} of them in training; {way} (with different weights).");
        }
    }

    /// <summary>The smallest batch that has samples for every worker; null if its leaves are too few for that.</summary>
    /// <param name="workers">The number of workers.</param>
    /// <param name="leaves">The leaves of a step; null lets the batch size decide.</param>
    public static int? EmployingBatch(int workers, int? leaves)
    {
        if (workers > (leaves ?? LeafCut.DefaultLeaves(TrainingOptions.MaxBatchSize)))
        {
            return null;
        }

        // It is found by looking, since which samples a worker gets is the cut's business.
        PipelineOptions options = new() { Leaves = leaves };
        int batch = workers;
        while (Employed(batch, options.LeavesFor(batch), workers) < workers)
        {
            batch++;
        }

        return batch;
    }

    private static int Employed(int batchSize, int leaves, int workers) =>
        Shard.SamplesOfWorkers(batchSize, leaves, workers).Count(samples => samples > 0);
}
