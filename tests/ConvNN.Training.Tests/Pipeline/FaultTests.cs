using System.Diagnostics;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Pipeline;

/// <summary>Every fault ends the run with its first exception, and none hangs: the rig gives up after 30 s.</summary>
public class FaultTests
{
    public static TheoryData<string> Exceptions => ["invalid", "canceled", "task-canceled", "out-of-memory"];

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task Run_WorkerThrows_EndsWithBlockStepAndLeaves(string kind)
    {
        int evaluated = 0;
        DisturbedLoss loss = new(_ =>
        {
            if (Interlocked.Increment(ref evaluated) == 25)
            {
                throw Make(kind);
            }
        });
        await using PipelineRig rig = new(workers: 2, loss: loss);

        PipelineException failure = await Assert.ThrowsAsync<PipelineException>(() => rig.TrainAsync(TestData.Images(200)));

        Assert.Matches($@"^worker [01] failed in step 3, leaves \d–\d, samples \d–\d: {Make(kind).GetType().Name}: ", failure.Message);
        Assert.IsType(Make(kind).GetType(), failure.InnerException);
    }

    [Fact]
    public async Task Run_TwoWorkersThrow_TheFirstFailureIsKept()
    {
        DisturbedLoss loss = new(label => throw new InvalidOperationException("always"));
        await using PipelineRig rig = new(workers: 8, loss: loss);

        PipelineException failure = await Assert.ThrowsAsync<PipelineException>(() => rig.TrainAsync(TestData.Images(200)));

        Assert.Matches("^worker [0-7] failed in step 1, leaves ", failure.Message);
    }

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task Run_ReaderThrows_EndsWithItsFailure(string kind)
    {
        await using PipelineRig rig = new(workers: 2);
        BatchSource source = BatchSource.Training(TestData.Images(200), 7, 1, 10);

        PipelineException failure = await Assert.ThrowsAsync<PipelineException>(
            () => rig.RunAsync(new DisturbedSource(source, asked => ThrowAt(asked, 6, kind))));

        Assert.StartsWith($"assemble failed: {Make(kind).GetType().Name}: ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task Run_OptimizerThrowsInTheReducer_EndsWithStepAndLeavesWeightsAlone(string kind)
    {
        await using PipelineRig rig = new(workers: 2, optimizer: new DisturbedOptimizer(step => ThrowAt(step, 4, kind)), exchange: ExchangeKind.FullGradients);
        string before = rig.Hash;

        PipelineException failure = await Assert.ThrowsAsync<PipelineException>(() => rig.TrainAsync(TestData.Images(200)));

        Assert.StartsWith("reduce failed in step 4, ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, rig.Hash);
    }

    /// <summary>Those who wait for the worker that throws are sent home, and do not tell of it.</summary>
    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task Run_OptimizerThrowsInAWorker_EndsWithItsStep(string kind)
    {
        await using PipelineRig rig = new(workers: 3, optimizer: new DisturbedOptimizer(step => ThrowAt(step, 4, kind)));

        PipelineException failure = await Assert.ThrowsAsync<PipelineException>(() => rig.TrainAsync(TestData.Images(200)));

        Assert.Matches($"^worker [0-2] failed in step 4, leaves .*: {Make(kind).GetType().Name}: ", failure.Message);
    }

    [Fact]
    public async Task Evaluate_WorkerThrows_EndsWithItsSamples()
    {
        await using PipelineRig rig = new(workers: 2, loss: new DisturbedLoss(_ => throw new InvalidOperationException("made by the test")));

        PipelineException failure = await Assert.ThrowsAsync<PipelineException>(() => rig.EvaluateAsync(TestData.Images(200)));

        Assert.Matches(@"^worker [01] failed in evaluation step 1, samples \d+–\d+: InvalidOperationException: made by the test$", failure.Message);
        Assert.Contains(nameof(DisturbedLoss), failure.InnerException!.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_LossThatIsNotFinite_EndsAsDiverged()
    {
        await using PipelineRig rig = new(workers: 2);
        rig.Weights.Span[0] = float.NaN;

        DivergenceException failure = await Assert.ThrowsAsync<DivergenceException>(() => rig.EvaluateAsync(TestData.Images(20)));

        Assert.Equal(
            "Training diverged in epoch 1, seen in the evaluation after it: the loss is not a finite number. Try a smaller Training:LearningRate.",
            failure.Message);
    }

    [Fact]
    public async Task Run_WhileAPassRuns_IsRefused()
    {
        using ManualResetEventSlim release = new();
        await using PipelineRig rig = new(workers: 2, loss: new DisturbedLoss(_ => release.Wait()));
        Task<PassResult> pass = rig.TrainAsync(TestData.Images(20));

        await Assert.ThrowsAsync<InvalidOperationException>(() => rig.TrainAsync(TestData.Images(20)));
        release.Set();

        Assert.Equal(20, (await pass).Samples);
    }

    [Fact]
    public async Task Run_AfterAFailure_IsRefused()
    {
        await using PipelineRig rig = new(workers: 2, optimizer: new DisturbedOptimizer(_ => throw new InvalidOperationException("once")));
        await Assert.ThrowsAsync<PipelineException>(() => rig.TrainAsync(TestData.Images(20)));

        await Assert.ThrowsAsync<InvalidOperationException>(() => rig.TrainAsync(TestData.Images(20)));
    }

    [Fact]
    public async Task Run_CanceledInMidStep_FinishesTheStepAndStops()
    {
        using CancellationTokenSource cancel = new();
        int evaluated = 0;
        DisturbedLoss loss = new(_ =>
        {
            if (Interlocked.Increment(ref evaluated) == 33)
            {
                cancel.Cancel();
            }
        });
        await using PipelineRig rig = new(workers: 3, loss: loss);

        PassResult result = await rig.TrainAsync(TestData.Images(200), stop: cancel);

        Assert.False(result.IsComplete);
        Assert.Equal(40, result.Samples);
        await using PipelineRig short40 = new(workers: 1);
        await short40.RunAsync(new FirstBatches(BatchSource.Training(TestData.Images(200), 7, 1, 10), 4));
        Assert.Equal(short40.Hash, rig.Hash);
    }

    [Fact]
    public async Task Run_CanceledBeforeItBegins_DoesNothing()
    {
        using CancellationTokenSource cancel = new();
        await cancel.CancelAsync();
        await using PipelineRig rig = new(workers: 2);
        string before = rig.Hash;

        PassResult result = await rig.TrainAsync(TestData.Images(200), stop: cancel);

        Assert.Equal(0, result.Samples);
        Assert.False(result.IsComplete);
        Assert.Equal(before, rig.Hash);
    }

    [Fact]
    public async Task Dispose_WhileAPassRuns_EndsThePass()
    {
        PipelineRig rig = new(workers: 2, loss: new DisturbedLoss(_ => Thread.Sleep(1)));
        Task<PassResult> pass = rig.TrainAsync(TestData.Images(2_000));
        await Task.Delay(50, TestContext.Current.CancellationToken);

        await rig.DisposeAsync();

        Exception? failure = await Record.ExceptionAsync(() => pass);
        Assert.NotNull(failure);
        Assert.IsNotType<TimeoutException>(failure);
    }

    [Fact]
    public async Task Run_SixtyFourWorkersOnFewCores_TrainAndEvaluate()
    {
        await using PipelineRig rig = new(workers: 64);

        PassResult training = await rig.TrainAsync(TestData.Images(200));
        PassResult test = await rig.EvaluateAsync(TestData.Images(200));

        Assert.Equal((200, 200), (training.Samples, test.Samples));
    }

    [Fact]
    public async Task Run_WorkerThatSleeps_GivesTheSameBitsLater()
    {
        await using PipelineRig steady = new(workers: 2);
        await steady.TrainAsync(TestData.Images(60));
        await using PipelineRig sleepy = new(workers: 2, loss: new DisturbedLoss(label => Thread.Sleep(label)));

        await sleepy.TrainAsync(TestData.Images(60));

        Assert.Equal(steady.Hash, sleepy.Hash);
    }

    [Fact]
    public async Task Run_WorkerThatIsStuck_EndsAsStalledAndNamesIt()
    {
        using ManualResetEventSlim release = new();
        int evaluated = 0;
        DisturbedLoss loss = new(_ =>
        {
            if (Interlocked.Increment(ref evaluated) == 25)
            {
                release.Wait();
            }
        });
        await using PipelineRig rig = new(workers: 2, loss: loss, stallTimeout: 0.3);

        StallException stall = await Assert.ThrowsAsync<StallException>(() => rig.TrainAsync(TestData.Images(200)));
        release.Set();

        Assert.Matches(
            @"^Stalled: no block has finished anything for 0\.3 s\. worker [01] holds step 3, leaves \d–\d, samples \d–\d; queues: assemble \d, fan-out \d, workers \d \d, reduce \d\. If a step may take longer, raise Pipeline:StallTimeout\.$",
            stall.Message);
    }

    /// <summary>As on an emulated processor, where a step takes minutes: here a sample computes for longer than the timeout.</summary>
    [Fact]
    public async Task Run_WorkerThatComputesForLong_IsNotTakenForAStall()
    {
        await using PipelineRig rig = new(workers: 2, stallTimeout: 0.2, loss: new DisturbedLoss(label => Compute(label == 0 ? 0.6 : 0)));

        PassResult result = await rig.TrainAsync(TestData.Images(20));

        Assert.Equal(20, result.Samples);
    }

    /// <summary>A loop without an end computes, too.</summary>
    [Fact]
    public async Task Run_WorkerThatComputesForEver_EndsAsStalledAfterTenTimesAsLong()
    {
        await using PipelineRig rig = new(workers: 2, stallTimeout: 0.1, loss: new DisturbedLoss(_ => Compute(3)));
        Stopwatch watch = Stopwatch.StartNew();

        await Assert.ThrowsAsync<StallException>(() => rig.TrainAsync(TestData.Images(20)));

        Assert.InRange(watch.Elapsed.TotalSeconds, 0.3, 10);
    }

    [Fact]
    public async Task Run_SlowReader_IsNotTakenForAStall()
    {
        await using PipelineRig rig = new(workers: 2, stallTimeout: 0.5);
        BatchSource source = BatchSource.Training(TestData.Images(50), 7, 1, 10);

        PassResult result = await rig.RunAsync(new DisturbedSource(source, _ => Thread.Sleep(150)));

        Assert.Equal(50, result.Samples);
    }

    [Fact]
    public async Task Run_WorkersHeldBack_ReaderRunsAheadByTheCirculatingBatchesOnly()
    {
        using ManualResetEventSlim release = new();
        int asked = 0;

        // One worker leaves a core for the reader; with one on each core the reader shares a thread with a worker that is held back.
        await using PipelineRig rig = new(workers: 1, loss: new DisturbedLoss(_ => release.Wait()));
        PipelinePlan plan = new(rig.Network, rig.Training, new PipelineOptions { Workers = 1, Threads = 1 });
        BatchSource source = BatchSource.Training(TestData.Images(500), 7, 1, 10);

        // The first batch is handed on alone, since a step waits for it; the runs behind it are full.
        int circulating = 1 + ((plan.Runs - 1) * plan.BatchesOfRun);
        Task<PassResult> pass = rig.RunAsync(new DisturbedSource(source, count => Volatile.Write(ref asked, count)));
        Stopwatch patience = Stopwatch.StartNew();
        while (Volatile.Read(ref asked) < circulating && patience.Elapsed < TimeSpan.FromSeconds(10))
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await Task.Delay(100, TestContext.Current.CancellationToken);
        int ahead = Volatile.Read(ref asked);
        release.Set();
        PassResult result = await pass;

        Assert.Equal(circulating, ahead);
        Assert.Equal(500, result.Samples);
    }

    private static void ThrowAt(long count, long at, string kind)
    {
        if (count == at)
        {
            throw Make(kind);
        }
    }

    private static Exception Make(string kind) => kind switch
    {
        "canceled" => new OperationCanceledException(),
        "task-canceled" => new TaskCanceledException(),
        "out-of-memory" => new InsufficientMemoryException(),
        _ => new InvalidOperationException("made by the test"),
    };

    /// <summary>The first few batches of a pass.</summary>
    private sealed class FirstBatches(IBatchSource source, int batches) : IBatchSource
    {
        private int _left = batches;

        public int Samples => source.Samples;

        public bool IsTraining => source.IsTraining;

        public int Epoch => source.Epoch;

        public bool TryFill(MiniBatch batch) => _left-- > 0 && source.TryFill(batch);
    }

    private static void Compute(double seconds)
    {
        for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < seconds;)
        {
            Thread.SpinWait(1000);
        }
    }
}
