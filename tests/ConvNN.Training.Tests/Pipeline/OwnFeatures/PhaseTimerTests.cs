using ConvNN.Data;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.OwnFeatures;

namespace ConvNN.Training.Tests.Pipeline.OwnFeatures;

/// <summary>Members that run one after another compute what they compute on threads, and what they read of each other is counted.</summary>
public class PhaseTimerTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Run_AnyMembers_GivesTheWeightsOfOne(int members)
    {
        Network network = new NetworkBuilder(TestData.Images(1).Shape)
            .Conv2d(filters: 8, kernel: 3, activation: Activation.Relu)
            .MaxPool2d(window: 2)
            .Flatten()
            .Dense(units: 18, activation: Activation.Relu, dropout: 0.25)
            .Dense(units: TestData.Classes, activation: Activation.Softmax)
            .Build();

        PhaseTimer one = Trained(network, members: 1), several = Trained(network, members);

        Assert.Equal((members, 5, 5), (several.Members, several.Phases.Count(), several.Meetings));
        Assert.Equal(network.Layout.Hash(one.GatherWeights().Span), network.Layout.Hash(several.GatherWeights().Span));
        Assert.NotEqual(network.Layout.Hash(network.Layout.Initialize(new TrainingOptions().Seed).Span), network.Layout.Hash(one.GatherWeights().Span));
        Assert.All(several.Ticks, phase => Assert.Contains(phase, ticks => ticks > 0));
    }

    [Fact]
    public void BytesRead_OneMember_IsNothing()
    {
        PhaseTimer one = Trained(TestData.Network(), members: 1);

        Assert.All(Enumerable.Range(0, one.Phases.Count()), phase => Assert.Equal(0, one.BytesRead(phase, member: 0)));
    }

    /// <summary>
    /// Of 32 units each member owns 16, of three the second owns all. Before a step's samples, a member reads the weights and biases of the
    /// other; before the update of its own, the inputs (81 in 96 floats, and 32) and gradients of the four samples of the other.
    /// </summary>
    [Theory]
    [InlineData(0, 0, (16 * 82) + (3 * 33))]
    [InlineData(0, 1, 16 * 82)]
    [InlineData(1, 0, 4 * (96 + 16))]
    [InlineData(1, 1, (4 * (96 + 16)) + (4 * (32 + 3)))]
    public void BytesRead_DenseLayersBySamples_AreWeightsThenActivationsOfTheOther(int phase, int member, int floats)
    {
        Network network = new NetworkBuilder(TestData.Images(1).Shape).Flatten().Dense(32, Activation.Relu).Dense(TestData.Classes, Activation.Softmax).Build();

        Assert.Equal(floats * sizeof(float), Trained(network, members: 2).BytesRead(phase, member));
    }

    /// <summary>Where channels have owners, images and partial sums travel in place of the large layer's weights.</summary>
    [Fact]
    public void BytesRead_ByFeatures_AreFewerThanTheWeights()
    {
        PhaseTimer four = Trained(DefaultNetwork.For(TestData.Pair(1)), members: 4);

        Assert.Equal(["load", "features", "samples", "features back", "update"], four.Phases);
        Assert.Equal(0, four.BytesRead(phase: 0, member: 1));
        Assert.Equal(6 * 96 * sizeof(float), four.BytesRead(phase: 1, member: 1));
        Assert.Equal(6 * 128 * sizeof(float), four.BytesRead(phase: 3, member: 1));
    }

    /// <summary>Each member evaluates 64 images, and no weight changes.</summary>
    [Fact]
    public void Evaluate_AnyMembers_TimesEachAndChangesNoWeight()
    {
        PhaseTimer three = Trained(TestData.Network(), members: 3);
        string before = TestData.Network().Layout.Hash(three.GatherWeights().Span);

        IReadOnlyList<long> ticks = three.Evaluate(BatchSource.Evaluation(TestData.Images(200), epoch: 1, three.EvaluationBatch));

        Assert.Throws<InvalidOperationException>(() => three.BytesRead(phase: 0, member: 0));
        Assert.Equal((3 * 64, 3), (three.EvaluationBatch, ticks.Count));
        Assert.All(ticks, member => Assert.True(member > 0));
        Assert.Equal(before, TestData.Network().Layout.Hash(three.GatherWeights().Span));
    }

    private static PhaseTimer Trained(Network network, int members)
    {
        ImageDataset data = TestData.Images(24);
        TrainingOptions training = new() { BatchSize = 8 };
        PhaseTimer timer = new(network, training, new PipelineOptions { Threads = members }, network.Layout.Initialize(training.Seed), learningRate: 0.1f);
        IBatchSource source = BatchSource.Training(data, seed: 1, epoch: 1, batchSize: 8);
        for (int step = 0; step < 3; step++)
        {
            timer.Run(source);
        }

        return timer;
    }
}
