using ConvNN.Data;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training;

/// <summary>The numbers of threads that a run may choose from while it measures them.</summary>
public static class WorkerCandidates
{
    // Operations of a step that lasts about as long as the compilation of a method. Few of them are made in the beginning, and all threads make them sooner.
    private const long LongStep = 1_000_000_000;

    /// <summary>The plans of a run, one for each number of threads, in ascending order: powers of two, the numbers half-way between, the most and one less, and the number of cores; only one if the number is forced.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data's figures.</param>
    /// <param name="training">The batch size.</param>
    /// <param name="options">The most workers, or the number of threads that is forced.</param>
    public static IReadOnlyList<PipelinePlan> Of(Network network, DatasetOutline data, TrainingOptions training, PipelineOptions options)
    {
        options = options.For(data);
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
        return Fit(network, data, training, plans) ? plans : [guess];
    }

    /// <summary>
    /// The options of evaluations on every thread that a run may use. An evaluation divides samples only, so neither the batch size of
    /// training nor its leaves limit it. Null if training may take as many threads, if they are forced, or if memory or ranks do not allow it.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data's figures.</param>
    /// <param name="training">The batch size.</param>
    /// <param name="options">The most workers.</param>
    /// <param name="candidates">The plans that training chooses from.</param>
    public static PipelineOptions? ForEvaluation(
        Network network, DatasetOutline data, TrainingOptions training, PipelineOptions options, IReadOnlyList<PipelinePlan> candidates)
    {
        int threads = Math.Min(options.Workers ?? options.Cores, options.Cores);
        if (options.Threads is not null || threads <= candidates[^1].Threads)
        {
            return null;
        }

        // Without gradients, workers with full gradients need nothing of each other. Ranks must send each other the same messages, though.
        PipelineOptions own = options with { Workers = threads, Threads = threads }, full = own with { Exchange = ExchangeKind.FullGradients };
        return new PipelinePlan(network, training, own).Threads == threads ? IfItFits(own)
            : training.SharesSteps && options.Ranks is not null ? null
            : IfItFits(full);

        PipelineOptions? IfItFits(PipelineOptions wanted)
        {
            PipelinePlan plan = new(network, training, wanted);
            return plan.LargestBuffer <= AlignedBuffer.MaxLength && Fit(network, data, training, [.. candidates, plan]) ? wanted : null;
        }
    }

    /// <summary>The plan of the beginning of a run, in which the compiler takes a processor; the guess where the beginning is few steps.</summary>
    /// <param name="plans">The plans to choose from.</param>
    /// <param name="guess">The one that is taken to be the fastest.</param>
    /// <param name="options">The processors.</param>
    public static PipelinePlan BeginningOf(IReadOnlyList<PipelinePlan> plans, PipelinePlan guess, PipelineOptions options)
    {
        int threads = guess.StepOperations >= LongStep ? guess.Threads : BeginningOf(plans.Select(plan => plan.Threads), guess.Threads, options.Cores);
        return plans.First(plan => plan.Threads == threads);
    }

    /// <summary>The number of threads of the beginning: the guess, or the most that leave a processor to the compiler.</summary>
    /// <param name="threads">The numbers of threads to choose from, in ascending order.</param>
    /// <param name="guess">The number that is taken to be the fastest.</param>
    /// <param name="cores">Processors that the run may use.</param>
    public static int BeginningOf(IEnumerable<int> threads, int guess, int cores) =>
        threads.Where((candidate, index) => index == 0 || candidate <= Math.Min(guess, cores - 1)).Last();

    /// <summary>Whether there is memory for the pipelines of all plans.</summary>
    private static bool Fit(Network network, DatasetOutline data, TrainingOptions training, PipelinePlan[] plans) =>
        new MemoryPlan(network, data, training, plans[0]).Refusal(plans.Skip(1).Sum(plan => plan.GradientBytes + plan.ActivationBytes + plan.BatchBytes)) is null;

    private static IEnumerable<int> Numbers(int most)
    {
        // Another program often takes a single processor.
        if (most > 2)
        {
            yield return most - 1;
        }

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
