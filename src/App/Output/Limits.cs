using ConvNN.App.Output.Events;
using ConvNN.Training;
using ConvNN.Training.Pipeline;
using static ConvNN.App.Output.Drawing.Figures;

namespace ConvNN.App.Output;

/// <summary>Says which stage limits a run, and what to try.</summary>
internal static class Limits
{
    // Above it the cores have little else to do: only faster kernels or more cores would help.
    private const double Saturated = 0.85;

    // The batch with which, measured on two cores, a second worker pays: 50,600 images/s with two against 35,100 with
    // one; at batch 10 it is 19,200 against 28,300, because handing gradients and weights over takes longer than a step.
    private const int RoomyBatch = 128;

    /// <summary>The event on a run's limit.</summary>
    /// <param name="pass">What all its epochs together took.</param>
    /// <param name="training">Batch size.</param>
    /// <param name="pipeline">Workers and leaves.</param>
    /// <param name="images">Training images.</param>
    public static TextEvent Of(PassResult pass, TrainingOptions training, PipelineOptions pipeline, int images)
    {
        StageLoad limit = pass.Limit;
        string advice = Advice(limit, training, pipeline, images, Environment.ProcessorCount);
        return new TextEvent(
            "limit",
            $"{limit.Stage}, {Share(limit.Busy)} busy; {advice}",
            [new("stage", limit.Stage), .. StepEvent.Busy(pass.Loads), new("advice", Untied(advice))]);
    }

    /// <summary>What holds the stage up, and what to try.</summary>
    /// <param name="limit">The busiest stage.</param>
    /// <param name="training">Batch size.</param>
    /// <param name="pipeline">Workers and leaves.</param>
    /// <param name="images">Training images.</param>
    /// <param name="cores">Processors of the machine.</param>
    internal static string Advice(StageLoad limit, TrainingOptions training, PipelineOptions pipeline, int images, int cores)
    {
        int workers = pipeline.WorkersFor(training.BatchSize);
        bool hasSmallBatch = training.BatchSize < RoomyBatch && images >= RoomyBatch;
        string batch = hasSmallBatch ? Text($", or --batch-size {RoomyBatch} (other weights)") : "";
        string alone = hasSmallBatch ? Text($"try --batch-size {RoomyBatch} (other weights)") : "a larger network would use them";
        string shares = Text($"at batch {training.BatchSize} {Count(workers)} get {Range(training.BatchSize, workers)} each");
        return limit.Stage switch
        {
            "read" => workers >= cores && workers > 1
                ? Text($"one thread reads while {Count(workers)} take all {cores} cores: try --workers {Math.Max(1, cores - 1)}{batch}")
                : $"one thread reads, and more workers do not help it{batch.Replace(", or", ": try", StringComparison.Ordinal)}",
            "reduce" => workers > 1
                ? Text($"one thread adds up what {Count(workers)} send: try --workers {workers / 2}{batch}")
                : $"the step is mostly adding up and updating{batch.Replace(", or", ": try", StringComparison.Ordinal)}",
            _ when workers > cores => Text($"{shares} on {cores} cores: try --workers auto{batch}"),
            _ when limit.Busy >= Saturated => workers < Math.Min(cores, pipeline.LeavesFor(training.BatchSize))
                ? Text($"{cores - workers} of {cores} cores have no worker: try --workers auto{batch}")
                : "the cores do little else; this is what the machine gives",
            _ when workers > 1 => Text($"{shares}, and handing over takes the rest: try --workers {workers / 2}{batch}"),
            _ => $"handing over takes the rest: {alone}",
        };
    }

    private static string Count(int workers) => Plural(workers, "worker");

    private static string Range(int batch, int workers)
    {
        int least = batch / workers;
        return batch % workers == 0 ? Plural(least, "image") : Text($"{least}–{least + 1}{Drawing.Fold.Tie}images");
    }
}
