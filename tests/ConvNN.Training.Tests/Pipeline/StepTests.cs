using ConvNN.Data;
using ConvNN.Data.Augmentations;
using ConvNN.Data.Idx;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;
using ConvNN.Pictures;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Dataflow;
using ConvNN.Training.Pipeline.FullGradients;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests.Pipeline;

/// <summary>What a step and a pass compute, against the same thing done by hand.</summary>
public class StepTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public async Task Train_RaggedLastBatch_IsDividedByItsOwnSamples(int workers)
    {
        // 23 images in batches of 10: the last step has 3 samples, fewer than leaves.
        ImageDataset data = TestData.Images(23);
        await using PipelineRig rig = new(workers);

        PassResult result = await rig.TrainAsync(data);

        Assert.Equal(3, rig.Pipeline.Progress.Steps);
        Assert.Equal(23, result.Samples);
        Assert.Equal(ByHand(rig, data), rig.Hash);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    public async Task Evaluate_AnyNumberOfWorkers_CountsEachImageOnce(int workers)
    {
        ImageDataset data = TestData.Images(1_003);
        await using PipelineRig one = new(workers: 1);
        PassResult expected = await one.EvaluateAsync(data);
        await using PipelineRig rig = new(workers);

        PassResult actual = await rig.EvaluateAsync(data);

        Assert.Equal(1_003, actual.Samples);
        Assert.Equal(expected.Correct, actual.Correct);
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected.LossSum), BitConverter.DoubleToInt64Bits(actual.LossSum));
        Assert.Equal(one.Hash, rig.Hash);
    }

    [Fact]
    public void Training_EpochOfBatches_HasEachImageOnceInAnotherOrderEachEpoch()
    {
        ImageDataset data = TestData.Images(57);
        List<int> first = Order(BatchSource.Training(data, seed: 3, epoch: 1, batchSize: 10));
        List<int> second = Order(BatchSource.Training(data, seed: 3, epoch: 2, batchSize: 10));

        Assert.Equal(Enumerable.Range(0, 57), first.Order());
        Assert.Equal(Enumerable.Range(0, 57), second.Order());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Fill_Batch_NormalisesPixelsAndKeepsLabels()
    {
        ImageDataset data = TestData.Images(5);
        MiniBatch batch = new(data.Shape, capacity: 4, KernelTier.Reference);

        batch.Fill(data, [4, 2]);

        Assert.Equal([4, 2], batch.Indices.ToArray());
        Assert.Equal([data.Label(4), data.Label(2)], batch.Labels.ToArray());
        for (int p = 0; p < data.Shape.Count; p++)
        {
            Assert.Equal(data.Image(2)[p] / 255f, batch.Images[data.Shape.Stride + p]);
        }

        Assert.Equal(0f, batch.Images[data.Shape.Stride - 1]);
    }

    /// <summary>Augmentation changes values from 0 to 1; what the network takes is normalized after it.</summary>
    [Fact]
    public void Load_NormalizedDataset_IsNormalizedAfterAugmentation()
    {
        IdxArray images = new("images", [0, 51, 102, 255], [1, 2, 2]), labels = new("labels", [1], [1]);
        ImageDataset data = new("small", "train", images, labels, classes: 2) { Normalization = Normalization.Standard([0.5f], [0.25f]) };
        MiniBatch batch = new(data.Shape, capacity: 1, KernelTier.Reference);

        batch.Choose(data, [0]);
        batch.Load(0, 1, new Doubling());

        Assert.Equal([((2 * 0f) - 0.5f) / 0.25f, ((2 * (51 / 255f)) - 0.5f) / 0.25f, ((2 * (102 / 255f)) - 0.5f) / 0.25f, ((2 * 1f) - 0.5f) / 0.25f], batch.Images[..4].ToArray());
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 8)]
    [InlineData(8, 8)]
    [InlineData(64, 8)]
    [InlineData(5, 6)]
    [InlineData(2, 64)]
    public void Begin_ShardsOfAllWorkers_TileSamplesAndLeaves(int workers, int leaves)
    {
        ImageDataset data = TestData.Images(40);
        foreach (int count in new[] { 1, 3, 10, 17, 40 })
        {
            MiniBatch batch = new(data.Shape, count, KernelTier.Reference);
            batch.Fill(data, Enumerable.Range(0, count).ToArray());
            foreach (bool isTraining in new[] { true, false })
            {
                IBatchSource source = isTraining ? BatchSource.Training(data, 1, 1, count) : BatchSource.Evaluation(data, epoch: 1, count);
                Shard[] shards = [.. Enumerable.Range(0, workers).Select(w => new Shard(w, workers, leaves, 16))];
                int next = 0;
                foreach (Shard shard in shards)
                {
                    shard.Begin(new StepJob(batch, source, 1, 1, 0.1f));
                    Assert.True(shard.Count == 0 || shard.FirstSample == next);
                    Assert.True(!isTraining || shard.Count <= Shard.MaxSamples(count, leaves, workers));
                    next += shard.Count;
                }

                Assert.Equal(count, next);
                Assert.Equal(leaves, shards.Sum(shard => shard.Gradients.Sum(g => g.Hi - g.Lo)));
            }
        }
    }

    [Fact]
    public void Take_ShardTwiceOrOfAnotherStep_IsRefused()
    {
        ImageDataset data = TestData.Images(10);
        Network network = TestData.Network();
        KernelSet kernels = KernelSet.For(KernelTier.Reference);
        MiniBatch batch = new(data.Shape, 10, KernelTier.Reference);
        batch.Fill(data, Enumerable.Range(0, 10).ToArray());
        BatchSource source = BatchSource.Training(data, 1, 1, 10);
        AlignedBuffer weights = network.Layout.Initialize(1);
        PipelinePlan plan = new(network, new TrainingOptions(), new PipelineOptions { Workers = 2, Threads = 2, Kernels = KernelTier.Reference });
        FullGradientExchange exchange = new(network, new SampleWork(network, new CrossEntropy(), weights, seed: 1, new LeafStatistics(network.Layout, leaves: 8)), new Sgd(kernels), weights, plan);
        IReadOnlyList<Shard> shards = exchange.Shards;
        StepReducer reducer = new(exchange, new PassProgress());
        reducer.Begin(new Pass(source, _ => 0.1f, default));
        StepJob step = new(batch, source, Number: 5, TrainingNumber: 5, LearningRate: 0.1f);

        reducer.BeginStep(step, exchange.Begin(step));
        Assert.Null(reducer.Take(shards[0]));
        InvalidOperationException twice = Assert.Throws<InvalidOperationException>(() => reducer.Take(shards[0]));
        shards[1].Begin(step with { Number = 6 });
        InvalidOperationException late = Assert.Throws<InvalidOperationException>(() => reducer.Take(shards[1]));

        Assert.Equal("a shard of step 5 came from worker 0 twice.", twice.Message);
        Assert.Equal("a shard of step 6 came from worker 1 in step 5.", late.Message);
    }

    private static List<int> Order(BatchSource source)
    {
        MiniBatch batch = new(TestData.Images(1).Shape, 10, KernelTier.Reference);
        List<int> order = [];
        while (source.TryFill(batch))
        {
            order.AddRange(batch.Indices);
        }

        return order;
    }

    /// <summary>The same epoch without pipeline: one replica, the whole tree at once, scalar kernels.</summary>
    private static string ByHand(PipelineRig rig, ImageDataset data)
    {
        KernelSet kernels = KernelSet.For(KernelTier.Reference);
        ParameterLayout layout = rig.Network.Layout;
        AlignedBuffer weights = layout.Initialize(rig.Training.Seed);
        Shard shard = new(0, 1, leaves: 8, layout.TrainedLength);
        Replica replica = new(rig.Network, new SampleWork(rig.Network, new CrossEntropy(), weights, rig.Training.Seed, new LeafStatistics(rig.Network.Layout, leaves: 8)), new Workspace(rig.Network, capacity: 10, kernels));
        BatchSource source = BatchSource.Training(data, rig.Training.Seed, 1, 10);
        MiniBatch batch = new(data.Shape, 10, KernelTier.Reference);
        while (source.TryFill(batch))
        {
            shard.Begin(new StepJob(batch, source, 1, 1, 0.1f));
            replica.Compute(shard);
            Span<float> gradient = shard.Gradients.Single().Values;
            for (int i = 0; i < gradient.Length; i++)
            {
                float mean = gradient[i] * (1f / batch.Count);
                weights.Span[i] = MathF.FusedMultiplyAdd(-0.1f, mean, weights.Span[i]);
            }
        }

        return layout.Hash(weights.Span);
    }

    /// <summary>Twice as bright.</summary>
    private sealed class Doubling : IAugmentation
    {
        public void Apply(Span<float> image, int epoch, int index)
        {
            foreach (ref float value in image)
            {
                value *= 2;
            }
        }
    }
}
