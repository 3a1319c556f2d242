using ConvNN.Data;
using ConvNN.Data.Catalog;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.OwnedRows;
using ConvNN.Training.Pipeline.Supervision;

namespace ConvNN.Training.Tests.Pipeline.OwnedRows;

/// <summary>Owned rows against full gradients: the same weights, however a step is divided, and the same words on what is not finite.</summary>
public class OwnedRowTests
{
    /// <summary>The fastest exchange (owned rows, or full gradients where the processor has no vectors) and full gradients.</summary>
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

    /// <summary>Layers that are split by units next to each other, with units that fill no whole leaf, and one in front of all.</summary>
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

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.MaxValue)]
    public async Task Train_WhatIsNotFinite_EndsWithTheWordsOfFullGradients(float weight)
    {
        string[] messages = await Task.WhenAll(((ExchangeKind[])[ExchangeKind.OwnedRows, ExchangeKind.FullGradients]).Select(async exchange =>
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

        Assert.Equal((ExchangeKind.OwnedRows, 1), (small.Exchange, small.Threads));
        Assert.Equal((ExchangeKind.FullGradients, Environment.ProcessorCount), (defined.Exchange, defined.Threads));
    }

    [Fact]
    public async Task Wait_MemberThatDoesNotCome_EndsForAllWhenAborted()
    {
        MemberBarrier barrier = new(members: 3);
        Task[] waiting = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(barrier.Wait, TestContext.Current.CancellationToken))];
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
                barrier.Wait();
                behind += reached.Any(other => other < meeting) ? 1 : 0;
                barrier.Wait();
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(0, behind);
        Assert.All(reached, meeting => Assert.Equal(Meetings, meeting));
    }
}
