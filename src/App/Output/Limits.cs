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

    // Below it, handing gradients and weights over takes longer than a further worker saves. Measured on two cores, best
    // of three: 34,500 images/s with two workers that get 5 images each against 51,800 with one; 116,400 against 77,200
    // with 32 each. Eight workers on the two cores reached 21,600 and 70,600.
    private const int WorthwhileShare = 16;

    // What is proposed in place of a smaller batch.
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
        int batch = training.BatchSize;
        int workers = pipeline.WorkersFor(batch);
        int most = Math.Min(cores, pipeline.LeavesFor(batch));
        string[] roomy = batch < RoomyBatch && images >= RoomyBatch ? [Text($"--batch-size {RoomyBatch} (other weights)")] : [];
        string shares = Text($"at batch {batch}, {Count(workers)} get {Range(batch, workers)} each");
        return limit.Stage switch
        {
            "read" when workers > 1 && workers >= cores => Try(Text($"one thread reads while {Count(workers)} take all cores"), Text($"--workers {Math.Max(1, cores - 1)}")),
            "read" => Try("one thread reads, and more workers do not help it", roomy),
            "reduce" when workers > 1 => Try(Text($"one thread adds up what {Count(workers)} send"), [Text($"--workers {workers / 2}"), .. roomy]),
            "reduce" => Try("adding up and updating take most of a step", roomy),
            _ when workers > cores => Try(Text($"{shares} on {Plural(cores, "core")}"), ["--workers auto", .. roomy]),
            _ when workers > 1 && batch / workers < WorthwhileShare && limit.Busy < Saturated =>
                Try($"{shares}, and handing over takes the rest", [Text($"--workers {workers / 2}"), .. roomy]),
            _ when workers < most && batch / most >= WorthwhileShare => Try(Text($"{Count(workers)} on {Plural(cores, "core")}"), "--workers auto"),
            _ when limit.Busy >= Saturated => "the cores do little else: this is what the machine gives",
            _ => Try(workers > 1 ? "they wait for each other the rest of the time" : "handing over takes the rest", roomy),
        };
    }

    private static string Try(string why, params string[] what) => what.Length == 0 ? why : $"{why}: try {string.Join(", or ", what)}";

    private static string Count(int workers) => Plural(workers, "worker");

    private static string Range(int batch, int workers)
    {
        int least = batch / workers;
        return batch % workers == 0 ? Plural(least, "image") : Text($"{least}–{least + 1}{Drawing.Fold.Tie}images");
    }
}
