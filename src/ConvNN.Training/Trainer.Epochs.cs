using System.Diagnostics;
using ConvNN.Data;
using ConvNN.Training.Cluster;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Pipeline.Tuning;
using ConvNN.Training.Progress;

namespace ConvNN.Training;

/// <content>One epoch: its steps, the evaluation after it, and what is told meanwhile.</content>
public sealed partial class Trainer
{
    private async Task<EpochResult?> RunEpochAsync(TunedPipeline pipeline, int epoch, IReadOnlyList<EpochResult> before, CancellationToken cancellationToken)
    {
        _rates.Observe(before.Select(result => result.Validation?.Loss ?? 0));
        EpochProgress begun = _progress.Current;
        long stepsBefore = _progress.Step - begun.Steps;
        long steps = Math.Min(StepsPerEpoch, _lastStep - stepsBefore), samples = steps * _training.BatchSize;
        BatchSource source = BatchSource.Training(
            _data.Train, _training.Seed, epoch, _training.BatchSize, begun.Samples, (int)Math.Min(_data.Train.Count, samples), _local is null ? null : _ranks!.Place);
        EpochProgress own = _local is null ? begun : LocalAveraging.Own(begun);
        PassProgress progress = _local?.Progress ?? pipeline.Progress;
        _local?.BeginEpoch(begun, pipeline.Progress);
        _steps?.BeginEpoch(epoch, stepsBefore, own, pipeline.Progress);
        Checkpoints?.BeginEpoch(before, stepsBefore, begun, progress);
        using CancellationTokenSource reporting = new();
        Task report = ReportAsync(pipeline, progress, epoch, begun, reporting.Token);
        long began = Stopwatch.GetTimestamp();
        PassResult training;
        try
        {
            training = await pipeline.TrainAsync(source, _progress.Step, own, batch => (float)RateAt(batch), cancellationToken);
            if (_local is not null)
            {
                training = _local.EndEpoch(training, steps);
                Checkpoints?.AfterStep();
            }
        }
        catch (DivergenceException fault) when (_local is { HasDiverged: false })
        {
            _local.Report(fault);
            throw;
        }
        catch (ClusterException) when (_local is null)
        {
            PassProgress ended = pipeline.Progress;
            EpochProgress last = new(ended.Steps, ended.Samples, ended.Correct, ended.LossSum, begun.Elapsed + Stopwatch.GetElapsedTime(began));
            _progress = _progress with { Step = stepsBefore + last.Steps, Current = last };
            throw;
        }
        finally
        {
            await reporting.CancelAsync();
            await report;
        }

        training = training with { Elapsed = begun.Elapsed + training.Elapsed };
        EpochProgress current = new(progress.Steps, training.Samples, training.Correct, training.LossSum, training.Elapsed);
        _progress = _progress with { Step = stepsBefore + current.Steps, Current = current };
        if (!training.IsComplete)
        {
            return null;
        }

        _model.Swap();
        try
        {
            PassResult? validation = _data.Validation is { } images ? await EvaluateAsync(pipeline, images, epoch, cancellationToken) : null;
            _outcomes = KeepsPredictions ? new ImageOutcomes(_data.Test.Count) : null;
            PassResult test = await EvaluateAsync(pipeline, _data.Test, epoch, cancellationToken, _outcomes);
            if (!test.IsComplete || validation is { IsComplete: false })
            {
                return null;
            }

            EpochResult result = new(epoch, _data.Name, RateAt((long)epoch * StepsPerEpoch), training, test, _network.Layout.Hash(Weights.Span)) { Validation = validation };
            result = result with { IsBest = before.LastOrDefault(earlier => earlier.IsBest) is not { } best || result.IsBetterThan(best) };
            _model.Take(result);
            return result;
        }
        finally
        {
            _model.Swap();
        }
    }

    private static Task<PassResult> EvaluateAsync(
        TunedPipeline pipeline, ImageDataset images, int epoch, CancellationToken cancellationToken, ImageOutcomes? outcomes = null) =>
        pipeline.EvaluateAsync(size => BatchSource.Evaluation(images, epoch, size, outcomes), cancellationToken);

    private async Task ReportAsync(TunedPipeline pipeline, PassProgress progress, int epoch, EpochProgress begun, CancellationToken cancellationToken)
    {
        int before = begun.Samples;
        long begin = Stopwatch.GetTimestamp();
        long time = begin;
        using PeriodicTimer timer = new(ProgressInterval);
        while (await NextTickAsync(timer, cancellationToken))
        {
            int samples = progress.Samples;
            double seconds = Stopwatch.GetElapsedTime(time).TotalSeconds;
            _events.Writer.TryWrite(new StepProgress(
                epoch,
                progress.Steps,
                StepsPerEpoch,
                samples,
                samples == 0 ? null : progress.LossSum / samples,
                samples == 0 ? null : (double)progress.Correct / samples,
                (samples - before) / seconds,
                pipeline.Loads())
            { Elapsed = begun.Elapsed + Stopwatch.GetElapsedTime(begin) });
            before = samples;
            time = Stopwatch.GetTimestamp();
        }
    }

    private static async Task<bool> NextTickAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
