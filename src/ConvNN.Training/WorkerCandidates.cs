using ConvNN.Data;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training;

/// <summary>The numbers of threads that a run may choose from while it measures them.</summary>
public static class WorkerCandidates
{
    /// <summary>The plans of a run, one for each number of threads, in ascending order: powers of two, the numbers half-way between and the number of cores, up to the most; only one if the number is forced.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data's figures.</param>
    /// <param name="training">The batch size.</param>
    /// <param name="options">The most workers, or the number of threads that is forced.</param>
    public static IReadOnlyList<PipelinePlan> Of(Network network, DatasetOutline data, TrainingOptions training, PipelineOptions options)
    {
        PipelinePlan guess = new(network, training, options);
        int most = options.ChangesThreads ? guess.Shards : Math.Min(Math.Min(guess.Workers, guess.MostSharing), options.Cores);
        if ((options.Threads is not null && !options.ChangesThreads) || most <= 1)
        {
            return [guess];
        }

        PipelinePlan[] plans =
        [
            .. Numbers(most).Append(guess.Shards).Append(Math.Min(most, options.PhysicalCores)).Distinct().Order()
                .Select(threads => threads == guess.Shards ? guess : new PipelinePlan(network, training, options with { Workers = threads, Threads = threads }))
                .Where(plan => plan.LargestBuffer <= AlignedBuffer.MaxLength),
        ];

        // A run that fits only with its guess does not measure.
        long others = plans.Where(plan => plan != guess).Sum(plan => plan.GradientBytes + plan.ActivationBytes + plan.BatchBytes);
        return new MemoryPlan(network, data, training, guess).Refusal(others) is null ? plans : [guess];
    }

    private static IEnumerable<int> Numbers(int most)
    {
        for (int power = 1; power < most; power *= 2)
        {
            yield return power;
            if (power > 1 && power + (power / 2) < most)
            {
                yield return power + (power / 2);
            }
        }

        yield return most;
    }
}
