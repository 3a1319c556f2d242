using System.Globalization;
using ConvNN.Kernels.Sums;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training;

/// <summary>Notices workers that are without effect, which is no fault.</summary>
public static class WorkerAdvice
{
    /// <summary>A line that says which batch size would employ all workers that were asked for and have a core. Empty if a batch employs them, or if none were asked for.</summary>
    /// <param name="plan">How steps are divided.</param>
    /// <param name="pipeline">Workers and leaves, as they were asked for.</param>
    /// <param name="cores">The cores that the process has; null for those of this machine.</param>
    public static IEnumerable<string> For(PipelinePlan plan, PipelineOptions pipeline, int? cores = null)
    {
        if (pipeline.Workers is not { } asked)
        {
            yield break;
        }

        int workers = Math.Min(asked, cores ?? pipeline.Cores);
        int employed = Employed(plan.BatchSize, plan.Leaves, workers, plan.MayShareLeaves);
        if (employed < workers)
        {
            string way = EmployingBatch(workers, pipeline.Leaves, plan.MayShareLeaves) is { } batch
                ? string.Create(CultureInfo.InvariantCulture, $"--batch-size {batch} would use {workers}")
                : string.Create(CultureInfo.InvariantCulture, $"--set Pipeline:Leaves={workers} with --batch-size {Math.Max(workers, plan.BatchSize)} would use {workers}");
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Pipeline:Workers is {asked}, but a batch of {plan.BatchSize} can use only {employed} cores in training; {way} (with different weights).");
        }
    }

    /// <summary>The smallest batch that has samples for every worker; null if its leaves are too few for that.</summary>
    /// <param name="workers">The number of workers.</param>
    /// <param name="leaves">The leaves of a step; null lets the batch size decide.</param>
    /// <param name="mayShare">Whether workers may share leaves.</param>
    public static int? EmployingBatch(int workers, int? leaves, bool mayShare)
    {
        if (!mayShare && workers > (leaves ?? LeafCut.DefaultLeaves(TrainingOptions.MaxBatchSize)))
        {
            return null;
        }

        // It is found by looking, since which samples a worker gets is the cut's business.
        PipelineOptions options = new() { Leaves = leaves };
        int batch = workers;
        while (Employed(batch, options.LeavesFor(batch), workers, mayShare) < workers)
        {
            batch++;
        }

        return batch;
    }

    private static int Employed(int batchSize, int leaves, int workers, bool mayShare) => Math.Max(
        mayShare ? Math.Min(workers, batchSize / PipelineOptions.FewestShared) : 0,
        Shard.SamplesOfWorkers(batchSize, leaves, workers).Count(samples => samples > 0));
}
