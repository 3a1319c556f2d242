using System.Diagnostics;
using System.Runtime;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Pipeline.Dataflow;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Pipeline.Tuning;

/// <summary>
/// Pipelines over the same weights, one for each number of threads, which take turns within an epoch. Each is made when it is first
/// used and kept, so a change costs no more than the end of a pass and the beginning of another: some 100 µs.
/// </summary>
/// <param name="choice">Chooses the number of threads.</param>
/// <param name="create">Makes the pipeline of a number of threads, which counts in the progress that it is given.</param>
/// <param name="tell">Called for each change.</param>
/// <param name="mostInEvaluations">The most threads of an evaluation; null for as many as training may take.</param>
internal sealed class TunedPipeline(
    IThreadChoice choice, Func<int, PassProgress, TrainingPipeline> create, Action<WorkersChanged> tell, int? mostInEvaluations = null) : IAsyncDisposable
{
    // The compiler disturbs a segment if it works for this share of its time: hardly anything ends it for good.
    private const double CompilerShare = 0.1;

    private readonly Dictionary<int, TrainingPipeline> _pipelines = [];
    private readonly EvaluationChoice _evaluations = new();

    // Read by any thread: what the segments of the epoch did that have ended, and the pipeline of the one that runs.
    private volatile Epoch _epoch = new([], null);

    /// <summary>The progress of the current pass; may be read at any time, from any thread.</summary>
    public PassProgress Progress { get; } = new();

    /// <summary>The number of threads that is taken to be the fastest.</summary>
    public int Threads => choice.Threads;

    /// <summary>What each stage has done in the current epoch; may be asked at any time, from any thread.</summary>
    public IReadOnlyList<StageLoad> Loads()
    {
        Epoch epoch = _epoch;
        return StageLoad.Join(epoch.Running is { } pipeline ? [.. epoch.Ended, pipeline.ReadPass()] : epoch.Ended);
    }

    /// <summary>Runs a training epoch, or what is left of it.</summary>
    /// <param name="source">Its batches.</param>
    /// <param name="step">Steps of the run that are finished.</param>
    /// <param name="begun">Progress of the epoch; the source begins after these samples.</param>
    /// <param name="rateAt">The learning rate of a step of the run, counted from 1.</param>
    /// <param name="cancellationToken">Ends the pass after the current step.</param>
    /// <exception cref="Supervision.PipelineException">A block failed.</exception>
    /// <exception cref="Supervision.StallException">No block has finished anything for too long.</exception>
    /// <exception cref="Supervision.DivergenceException">A loss or a gradient is not finite.</exception>
    public async Task<PassResult> TrainAsync(
        BatchSource source, long step, EpochProgress begun, Func<long, float> rateAt, CancellationToken cancellationToken)
    {
        long began = Stopwatch.GetTimestamp();
        _epoch = new([], null);
        while (true)
        {
            long time = Stopwatch.GetTimestamp();
            TimeSpan compiled = JitInfo.GetCompilationTime();
            Segment segment = choice.Next();
            TrainingPipeline pipeline = Of(segment.Threads);
            source.StopAfter(segment.Steps);
            pipeline.ResumeAt(step, begun);
            _epoch = _epoch with { Running = pipeline };
            ProcessorProbe? probe = segment.Further > 0 ? new(segment.Further) : null;
            PassResult pass = await pipeline.RunAsync(source, rateAt, cancellationToken);
            _epoch = new([(StageLoad.Join([.. _epoch.Ended, (pass.Loads, pass.Elapsed)]), Stopwatch.GetElapsedTime(began))], null);

            step += Progress.Steps - begun.Steps;
            bool? hasRoom = probe?.HasRoom();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(time);
            SegmentTime measured = new(
                step,
                pass.Samples - begun.Samples,
                elapsed.TotalSeconds,
                JitInfo.GetCompilationTime() - compiled > CompilerShare * elapsed,
                hasRoom);
            begun = new EpochProgress(Progress.Steps, pass.Samples, pass.Correct, pass.LossSum, default);
            if (choice.Observe(measured) is { } change)
            {
                tell(change);
            }

            if (!source.HasMore || cancellationToken.IsCancellationRequested)
            {
                // Not after each segment, whose length every rank chooses for itself.
                pipeline.Complete();
                return pass with { Elapsed = Stopwatch.GetElapsedTime(began), Loads = Loads() };
            }
        }
    }

    /// <summary>Runs an evaluation, on the number of threads of an <see cref="EvaluationChoice"/>.</summary>
    /// <param name="sourceOf">The batches, for the number of images of an evaluation step.</param>
    /// <param name="cancellationToken">Ends the pass after the current step.</param>
    /// <exception cref="Supervision.PipelineException">A block failed.</exception>
    /// <exception cref="Supervision.StallException">No block has finished anything for too long.</exception>
    /// <exception cref="Supervision.DivergenceException">A loss is not finite.</exception>
    public async Task<PassResult> EvaluateAsync(Func<int, BatchSource> sourceOf, CancellationToken cancellationToken)
    {
        int threads = _evaluations.Next(choice.Threads, mostInEvaluations ?? choice.Most);
        TrainingPipeline pipeline = Of(threads);
        PassResult pass = await pipeline.RunAsync(sourceOf(pipeline.EvaluationBatch), learningRate: 0, cancellationToken);
        _evaluations.Observe(threads, pass.ImagesPerSecond);
        return pass;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_pipelines.Values.Select(pipeline => pipeline.DisposeAsync().AsTask()));

    private TrainingPipeline Of(int threads)
    {
        if (!_pipelines.TryGetValue(threads, out TrainingPipeline? pipeline))
        {
            _pipelines[threads] = pipeline = create(threads, Progress);
        }

        return pipeline;
    }

    private sealed record Epoch(IReadOnlyList<(IReadOnlyList<StageLoad> Loads, TimeSpan Elapsed)> Ended, TrainingPipeline? Running);
}
