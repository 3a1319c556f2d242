using ConvNN.App.Log.Events;
using ConvNN.Kernels.Vectors;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Runs;

/// <summary>Determines which stage limits a run, and what to try.</summary>
internal static class Limits
{
    // Above this, the cores do little else, so only faster kernels or more cores would help.
    private const double Saturated = 0.85;

    // Below this, other programs explain little.
    private const double Crowded = 0.25;

    // The batch size proposed instead of a smaller one.
    private const int RoomyBatch = 128;

    /// <summary>The event that reports a run's limit.</summary>
    /// <param name="pass">The totals of all its epochs.</param>
    /// <param name="plan">How its steps were divided.</param>
    /// <param name="threads">The number of threads that steps ran on in the end.</param>
    /// <param name="images">The number of training images.</param>
    /// <param name="contention">The share of the time that other programs had the cores.</param>
    public static TextEvent Of(PassResult pass, PipelinePlan plan, int threads, int images, double contention = 0)
    {
        StageLoad limit = pass.Limit;
        int most = Math.Min(Environment.ProcessorCount, plan.MostSharing);
        string advice = Advice(
            limit, (plan.Exchange, plan.FastestExchange, plan.RequiresFullGradients), plan.Kernels.Tier, plan.BatchSize, (threads, Math.Min(plan.Workers, most), most), images, contention, plan.Decoders > 0, plan.Ranks.Count > 1);
        return new TextEvent(
            "limit",
            $"{limit.Stage:stage}, {Share(limit.Busy)} busy; {advice}",
            [.. StepEvent.Busy(pass.Loads), new("advice", Untied(advice))]);
    }

    /// <summary>Explains what limits the stage, and what to try.</summary>
    /// <param name="limit">The busiest stage.</param>
    /// <param name="exchange">How gradients were exchanged, the fastest way to exchange them, and whether the options leave no other.</param>
    /// <param name="kernels">The kernels in use.</param>
    /// <param name="batch">The batch size.</param>
    /// <param name="threads">The number of threads that shared a step, the most that the options allow, and the most that can.</param>
    /// <param name="images">The number of training images.</param>
    /// <param name="contention">The share of the time that other programs had the cores.</param>
    /// <param name="isDecoded">Whether images are decoded ahead of the step.</param>
    /// <param name="isShared">Whether other ranks share each batch.</param>
    internal static string Advice(
        StageLoad limit, (ExchangeKind Taken, ExchangeKind Fastest, bool IsRequired) exchange, KernelTier kernels, int batch, (int Taken, int Allowed, int Most) threads, int images, double contention = 0, bool isDecoded = false, bool isShared = false)
    {
        string[] roomy = batch < RoomyBatch && images >= RoomyBatch ? [$"--batch-size {RoomyBatch} (other weights)"] : [];
        return limit.Stage switch
        {
            "read" when isDecoded => Try("decoding the pictures takes longer than training on them", "a larger Data:Memory if the machine has it (the same weights)", "files of the size of Data:ImageSize"),
            "reduce" when isShared => Try("the exchange of gradients between ranks", [.. roomy, "fewer ranks"]),
            _ when isShared && limit.Busy < Saturated => Try("the ranks exchange sums and wait for each other the rest of the time", roomy),
            _ when exchange.Taken != exchange.Fastest => Try(
                exchange.Taken == ExchangeKind.FullGradients ? "every worker hands over a full gradient" : "activations of own features exceed a core's cache", "--set Pipeline:Exchange=auto (the same weights)"),
            _ when exchange.IsRequired && kernels == KernelTier.Reference => Try("the reference kernels are in use", "--kernels auto (the same weights)"),
            _ when exchange.IsRequired => "every worker hands over a full gradient, as the training options require",
            _ when threads.Allowed < threads.Most => Try($"{threads.Allowed} of {Plural(threads.Most, "core")} may compute", "--workers auto (the same weights)"),
            _ when contention >= Crowded && limit.Busy < Saturated => $"other programs had the cores for {Share(contention)} of the time; measure speed alone on the machine",
            "read" => Try("choosing a batch takes longer than training on it", roomy),
            _ when limit.Busy >= Saturated => "the cores do little else: this is the machine's limit",
            _ => Try(threads.Taken > 1 ? "the threads wait for each other the rest of the time" : "handing over takes the rest of the time", roomy),
        };
    }

    private static string Try(string why, params string[] what) => what.Length == 0 ? why : $"{why}: try {string.Join(", or ", what)}";
}
