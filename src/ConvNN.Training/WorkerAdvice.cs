using System.Globalization;
using ConvNN.Kernels;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training;

/// <summary>Notices workers that a batch has nothing for. They are no fault: the weights are the same.</summary>
public static class WorkerAdvice
{
    /// <summary>The one line that says so, and which batch size would employ all; null when all have work, or nobody asked for that many.</summary>
    /// <param name="training">The batch size.</param>
    /// <param name="pipeline">Workers and leaves.</param>
    public static string? For(TrainingOptions training, PipelineOptions pipeline)
    {
        if (pipeline.Workers is not { } workers)
        {
            return null;
        }

        int employed = Employed(training.BatchSize, pipeline.LeavesFor(training.BatchSize), workers);
        string way = EmployingBatch(workers, pipeline.Leaves) is { } batch
            ? string.Create(CultureInfo.InvariantCulture, $"--batch-size {batch} would employ all")
            : string.Create(CultureInfo.InvariantCulture, $"--set Pipeline:Leaves={workers} with --batch-size {Math.Max(workers, training.BatchSize)} would employ all");
        return employed == workers
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Pipeline:Workers is {workers}, but a batch of {training.BatchSize} employs {employed} of them in training; {way} (other weights).");
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
