using ConvNN.Data;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Pipeline.Clocks;

/// <summary>Whoever is slow is busy; those before it are blocked, those behind it starve.</summary>
public class StageLoadTests
{
    private const int Images = 200;

    // Far longer than all the work on a batch of these small images, and than a busy machine takes to wake a thread.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    private readonly ImageDataset _data = TestData.Images(Images);

    // Ten steps, after two in which code is compiled.
    private readonly ImageDataset _few = TestData.Images(100);
    private readonly ImageDataset _warmUp = TestData.Images(20);

    // Many more steps than the reader may be ahead: it is blocked until the last runs are taken from it, and starved after that.
    private readonly ImageDataset _many = TestData.Images(5 * PipelinePlan.FewestRuns * 16 * 10);

    [Fact]
    public async Task Loads_SlowReader_StarvesAllBehindIt()
    {
        // With a core for each worker batches are assembled on a worker's thread; the definition has them assembled beside.
        await using PipelineRig rig = new(workers: 1);
        await rig.TrainAsync(_warmUp);
        BatchSource source = BatchSource.Training(_few, 7, 1, 10);

        PassResult result = await rig.RunAsync(new DisturbedSource(source, _ => Thread.Sleep(Pause)));

        Assert.Equal("read", result.Limit.Stage);
        AssertShares(result.Loads, read: Waiting.No, shard: Waiting.Input, workers: Waiting.Input, reduce: Waiting.Input);
    }

    [Fact]
    public async Task Loads_SlowWorkers_BlockThoseBeforeThem()
    {
        await using PipelineRig rig = new(workers: 1, loss: new DisturbedLoss(_ => Thread.Sleep(1)));
        await rig.TrainAsync(_warmUp);

        PassResult result = await rig.TrainAsync(_many);

        Assert.Equal("workers", result.Limit.Stage);
        AssertShares(result.Loads, read: Waiting.Output, shard: Waiting.Output, workers: Waiting.No, reduce: Waiting.Input);
    }

    [Fact]
    public async Task Loads_SlowOptimizer_StarvesTheWorkersAndBlocksTheReader()
    {
        await using PipelineRig rig = new(workers: 2, optimizer: new DisturbedOptimizer(_ => Thread.Sleep(Pause / 4)), exchange: ExchangeKind.FullGradients);
        await rig.TrainAsync(_warmUp);

        PassResult result = await rig.TrainAsync(_many);

        Assert.Equal("reduce", result.Limit.Stage);
        AssertShares(result.Loads, read: Waiting.Output, shard: Waiting.Output, workers: Waiting.Input, reduce: Waiting.No);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Loads_FinishedPass_CountsMessages(int workers)
    {
        await using PipelineRig rig = new(workers, exchange: ExchangeKind.FullGradients);

        _ = await rig.TrainAsync(_data);
        PassResult result = await rig.TrainAsync(_data, epoch: 2);

        // 20 batches in runs of 1 to 16, and each of the 3 runs finds the end once or twice; 20 steps end.
        Assert.InRange(result.Loads[0].Items, 20 + 3, 20 + 6);
        Assert.InRange(result.Loads[1].Items, 20 + 2 + 3, 20 + 20 + 3);
        Assert.Equal([20 * workers, 20 * workers], result.Loads.Skip(2).Select(load => load.Items));
        Assert.Equal([3, 3, workers, workers], result.Loads.Select(load => load.QueueCapacity));
        Assert.All(result.Loads, load => Assert.Equal(0, load.QueueDepth));
        Assert.Equal(result.Loads, rig.Pipeline.Loads());
    }

    /// <summary>A message that takes long counts while it lasts, and not only when it is finished.</summary>
    [Fact]
    public async Task Loads_InMidStep_CountTheWorkInHand()
    {
        using ManualResetEventSlim reached = new();
        using ManualResetEventSlim goOn = new();
        await using PipelineRig rig = new(workers: 1, optimizer: new DisturbedOptimizer(_ =>
        {
            reached.Set();
            goOn.Wait(TimeSpan.FromSeconds(20));
        }), exchange: ExchangeKind.FullGradients);

        Assert.Empty(rig.Pipeline.Loads());
        Task<PassResult> pass = rig.TrainAsync(_many);
        Assert.True(reached.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        double share = 0;
        for (int i = 0; i < 1_000 && share < 0.9; i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
            share = rig.Pipeline.Loads()[3].Busy;
        }

        IReadOnlyList<StageLoad> loads = rig.Pipeline.Loads();
        goOn.Set();
        await pass;

        Assert.True(share >= 0.9, $"The reducer has been at work for most of the time, but its load is {share}.");
        Assert.Equal(("reduce", 0L), (loads[3].Stage, loads[3].Items));
        Assert.Equal(PipelinePlan.FewestRuns - 1, loads[1].QueueDepth);
    }

    [Fact]
    public async Task Loads_AskedAllTheTime_StayWithinOneAndGrow()
    {
        await using PipelineRig rig = new(workers: 3);
        Task<PassResult> pass = rig.TrainAsync(TestData.Images(5_000));
        long[] before = new long[4];
        int asked = 0;
        while (!pass.IsCompleted || asked == 0)
        {
            IReadOnlyList<StageLoad> loads = rig.Pipeline.Loads();
            for (int s = 0; s < loads.Count; s++)
            {
                StageLoad load = loads[s];
                Assert.All(new[] { load.Busy, load.Blocked, load.Starved }, share => Assert.InRange(share, -1e-12, 1));
                Assert.InRange(load.Items, before[s], long.MaxValue);
                before[s] = load.Items;
            }

            asked++;
            await Task.Yield();
        }

        await pass;
    }

    /// <summary>Each stage spends most of its time in one way.</summary>
    private static void AssertShares(IReadOnlyList<StageLoad> loads, Waiting read, Waiting shard, Waiting workers, Waiting reduce)
    {
        string text = string.Join("; ", loads.Select(load => $"{load.Stage} busy {load.Busy:p0} starved {load.Starved:p0} blocked {load.Blocked:p0}"));
        foreach ((StageLoad load, Waiting expected) in loads.Zip([read, shard, workers, reduce]))
        {
            double share = expected switch
            {
                Waiting.Input => load.Starved,
                Waiting.Output => load.Blocked,
                _ => load.Busy,
            };
            Assert.True(share > 0.5, $"{load.Stage} should wait mostly for {expected}: {text}");
        }
    }

    private enum Waiting
    {
        No,
        Input,
        Output,
    }
}
