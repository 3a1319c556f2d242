using ConvNN.Data;
using ConvNN.Data.Catalog;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.OwnFeatures;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Pipeline.Tuning;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Pipeline.OwnFeatures;

/// <summary>Own features against full gradients: the same weights, however a step is divided, and the same words on what is not finite.</summary>
public class OwnFeatureTests
{
    /// <summary>The fastest exchange (own features, or full gradients where the processor has no vectors) and full gradients.</summary>
    [Theory]
    [InlineData(1, null)]
    [InlineData(1, ExchangeKind.FullGradients)]
    [InlineData(2, null)]
    [InlineData(2, ExchangeKind.FullGradients)]
    [InlineData(3, null)]
    [InlineData(3, ExchangeKind.FullGradients)]
    [InlineData(5, null)]
    [InlineData(5, ExchangeKind.FullGradients)]
    [InlineData(8, null)]
    [InlineData(8, ExchangeKind.FullGradients)]
    public async Task Train_DefaultNetworkOverThreads_GivesThePublishedHash(int threads, ExchangeKind? exchange)
    {
        DatasetPair sample = await DatasetCatalog.LoadAsync("sample", TestContext.Current.CancellationToken);
        DatasetPair data = sample with { Train = sample.Train.Take(505), Test = sample.Test.Take(100) };

        TrainingResult result = await new Trainer(
            DefaultNetwork.For(data),
            data,
            new TrainingOptions { Epochs = 2 },
            new PipelineOptions { Workers = threads, Threads = threads, Exchange = exchange }).RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(DefaultNetwork.HashOfTwoEpochsOf505, result.WeightsSha256);
    }

    /// <summary>
    /// Filters that do and do not divide by the members, fewer and more of them than leaves of inputs, planes whose edge lies inside a
    /// vector, and batches of one chunk of samples, of several, and of fewer samples than leaves.
    /// </summary>
    [Theory]
    [InlineData(1, 3, 10)]
    [InlineData(2, 3, 3)]
    [InlineData(3, 3, 10)]
    [InlineData(5, 3, 33)]
    [InlineData(8, 7, 10)]
    [InlineData(8, 8, 300)]
    [InlineData(10, 4, 130)]
    [InlineData(20, 5, 65)]
    public async Task Train_FiltersOverMembers_GivesTheWeightsOfFullGradients(int filters, int threads, int batchSize)
    {
        DatasetPair data = TestData.Pair(330);
        Network network = new NetworkBuilder(data.Train.Shape)
            .Conv2d(filters, kernel: 3, activation: Activation.Relu)
            .MaxPool2d(window: 2)
            .Flatten()
            .Dense(40, Activation.Relu, dropout: 0.2)
            .Dense(TestData.Classes, Activation.Softmax)
            .Build();
        PipelineOptions divided = new() { Workers = threads, Threads = threads };
        TrainingOptions training = new() { Epochs = 1, BatchSize = batchSize, Optimizer = new MomentumOptions(), LearningRate = 0.05 };

        string expected = await HashAsync(new PipelineOptions { Workers = 1, Exchange = ExchangeKind.FullGradients });

        Assert.Equal(filters >= threads, new PipelinePlan(network, training, divided).Division.FirstByChannels is not null);
        Assert.Equal(expected, await HashAsync(divided));
        Assert.Equal(expected, await HashAsync(divided with { Kernels = KernelTier.Vector256 }));
        Assert.Equal(expected, await HashAsync(divided with { Kernels = KernelTier.Vector128 }));

        async Task<string> HashAsync(PipelineOptions options) =>
            (await new Trainer(network, data, training, options).RunAsync(cancellationToken: TestContext.Current.CancellationToken)).WeightsSha256;
    }

    /// <summary>Dense layers next to each other, whose units fill no whole cache line, and one in front of all.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(10, 3)]
    [InlineData(40, 7)]
    [InlineData(300, 4)]
    public async Task Train_WideDenseLayers_GivesTheWeightsOfFullGradients(int batchSize, int threads)
    {
        DatasetPair data = TestData.Pair(600);
        Network network = new NetworkBuilder(data.Train.Shape)
            .Flatten()
            .Dense(200, Activation.Relu)
            .Dense(130, bias: false)
            .Dense(260, Activation.Relu, dropout: 0.2)
            .Dense(TestData.Classes, Activation.Softmax)
            .Build();

        string expected = await HashAsync(new PipelineOptions { Workers = 1, Exchange = ExchangeKind.FullGradients });

        Assert.Equal(expected, await HashAsync(new PipelineOptions { Workers = threads, Threads = threads }));
        Assert.Equal(expected, await HashAsync(new PipelineOptions { Workers = threads, Threads = threads, Kernels = KernelTier.Vector128 }));

        async Task<string> HashAsync(PipelineOptions options) => (await new Trainer(network, data, new TrainingOptions { Epochs = 1, BatchSize = batchSize }, options)
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken)).WeightsSha256;
    }

    /// <summary>Memory for gradients that is made for wide rows holds 18 of the narrower ones of the next layer, and units are taken four by four.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Train_RowsThatFillMemoryUnevenly_GivesTheWeightsOfFullGradients(int threads)
    {
        DatasetPair data = TestData.Pair(60);
        Network network = new NetworkBuilder(data.Train.Shape)
            .Conv2d(filters: 5, kernel: 3, activation: Activation.Relu)
            .Flatten()
            .Dense(100, Activation.Relu)
            .Dense(64, Activation.Relu)
            .Dense(TestData.Classes, Activation.Softmax)
            .Build();

        string expected = await HashAsync(new PipelineOptions { Workers = 1, Exchange = ExchangeKind.FullGradients });

        Assert.Equal(expected, await HashAsync(new PipelineOptions { Workers = threads, Threads = threads }));

        async Task<string> HashAsync(PipelineOptions options) => (await new Trainer(network, data, new TrainingOptions { Epochs = 1 }, options)
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken)).WeightsSha256;
    }

    /// <summary>One thread has own features by samples, two and three have too much of them for a cache: a run that changes its threads changes the exchange, too.</summary>
    [Fact]
    public async Task Train_ThreadsThatChangeTheExchange_GiveTheWeightsOfFullGradients()
    {
        DatasetPair data = TestData.Pair(1_728);
        Network network = new NetworkBuilder(data.Train.Shape)
            .Conv2d(filters: 300, kernel: 3, activation: Activation.Relu)
            .MaxPool2d(window: 2)
            .Flatten()
            .Dense(20, Activation.Relu)
            .Dense(TestData.Classes, Activation.Softmax)
            .Build();
        TrainingOptions training = new() { Epochs = 3, BatchSize = 192, Optimizer = new MomentumOptions(), LearningRate = 0.02 };
        PipelineOptions one = new() { Workers = 1, Threads = 1 }, three = new() { Workers = 3, Threads = 3 };

        Assert.Equal(ExchangeKind.OwnFeatures, new PipelinePlan(network, training, one).Exchange);
        Assert.Equal(ExchangeKind.FullGradients, new PipelinePlan(network, training, three).Exchange);
        string expected = await HashAsync(one with { Exchange = ExchangeKind.FullGradients });

        Assert.Equal(expected, await HashAsync(three with { ChangesThreads = true }));
        Assert.Equal(expected, await HashAsync(three with { ChangesThreads = true, Exchange = ExchangeKind.OwnFeatures }));

        // A change of threads tells of the exchange if that changes with it, and only then.
        Trainer trainer = new(network, data, training, new PipelineOptions { Workers = 3 }) { Threads = (_, _) => new ChangesAfterEachStep([1, 2, 3, 1]) };
        Assert.Equal(expected, (await trainer.RunAsync(cancellationToken: TestContext.Current.CancellationToken)).WeightsSha256);
        WorkersChanged[] changes = await trainer.Events.ReadAllAsync(TestContext.Current.CancellationToken).OfType<WorkersChanged>().ToArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal([ExchangeKind.FullGradients, null, ExchangeKind.OwnFeatures], changes.Select(change => change.Exchange));

        async Task<string> HashAsync(PipelineOptions options) =>
            (await new Trainer(network, data, training, options).RunAsync(cancellationToken: TestContext.Current.CancellationToken)).WeightsSha256;
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.MaxValue)]
    public async Task Train_WhatIsNotFinite_EndsWithTheWordsOfFullGradients(float weight)
    {
        string[] messages = await Task.WhenAll(((ExchangeKind[])[ExchangeKind.OwnFeatures, ExchangeKind.FullGradients]).Select(async exchange =>
        {
            await using PipelineRig rig = new(workers: 2, exchange: exchange);
            rig.Weights.Span.Fill(weight);
            string before = rig.Hash;
            DivergenceException failure = await Assert.ThrowsAsync<DivergenceException>(() => rig.TrainAsync(TestData.Images(40)));
            Assert.Equal(before, rig.Hash);
            return failure.Message;
        }));

        Assert.Equal(messages[1], messages[0]);
    }

    [Fact]
    public void Plan_SmallSteps_StayOnOneThread()
    {
        Network network = TestData.Network();

        PipelinePlan small = new(network, new TrainingOptions { BatchSize = 1 }, new PipelineOptions { Workers = 64 });
        PipelinePlan defined = new(network, new TrainingOptions { BatchSize = 1 }, new PipelineOptions { Workers = 64, Exchange = ExchangeKind.FullGradients });

        Assert.Equal((ExchangeKind.OwnFeatures, 1), (small.Exchange, small.Threads));
        Assert.Equal((ExchangeKind.FullGradients, new PipelineOptions().PhysicalCores), (defined.Exchange, defined.Threads));
    }

    [Fact]
    public async Task Wait_MemberThatDoesNotCome_EndsForAllWhenAborted()
    {
        MemberBarrier barrier = new(members: 3);
        Task[] waiting = [.. Enumerable.Range(0, 2).Select(member => Task.Run(() => barrier.Wait(member), TestContext.Current.CancellationToken))];
        await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.All(waiting, task => Assert.False(task.IsCompleted));

        barrier.Abort();

        foreach (Task task in waiting)
        {
            await Assert.ThrowsAsync<StepAbortedException>(() => task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void Wait_ManyMeetings_KeepMembersInStep()
    {
        const int Members = 3, Meetings = 2_000;
        MemberBarrier barrier = new(Members);
        int[] reached = new int[Members];
        int behind = 0;

        Thread[] threads = [.. Enumerable.Range(0, Members).Select(member => new Thread(() =>
        {
            for (int meeting = 1; meeting <= Meetings; meeting++)
            {
                Volatile.Write(ref reached[member], meeting);
                barrier.Wait(member);
                behind += reached.Any(other => other < meeting) ? 1 : 0;
                barrier.Wait(member);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(0, behind);
        Assert.All(reached, meeting => Assert.Equal(Meetings, meeting));
    }

    /// <summary>Takes one number of threads after the other, and stays with the last.</summary>
    private sealed class ChangesAfterEachStep(int[] threads) : IThreadChoice
    {
        private int _at;

        public int Threads => threads[_at];

        public int Most => threads.Max();

        public Segment Next() => new(Threads, 1);

        public WorkersChanged? Observe(SegmentTime time) => _at == threads.Length - 1 ? null : new(threads[_at], threads[++_at], time.Step, 2, 1);
    }
}
