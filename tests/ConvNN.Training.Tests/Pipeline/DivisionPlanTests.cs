using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training.Tests.Pipeline;

/// <summary>Which layers are divided by features, and how a plan is told.</summary>
public class DivisionPlanTests
{
    [Theory]
    [InlineData(1, "all layers by samples", 2)]
    [InlineData(2, "conv1 by channels, dense1 by inputs, dense2 by samples", 5)]
    [InlineData(3, "conv1 by channels, dense1 by inputs, dense2 by samples", 5)]
    [InlineData(8, "conv1 by channels, dense1 by inputs, dense2 by samples", 5)]
    [InlineData(9, "all layers by samples", 2)]
    public void Division_ConvolutionBeforeADenseLayer_IsByFeaturesForTwoToEightMembers(int members, string expected, int meetings)
    {
        DivisionPlan division = Of(Begin().MaxPool2d(window: 2).Flatten().Dense(40, Activation.Relu).Dense(10), members);

        Assert.Equal((expected, meetings), (division.ToString(), division.Meetings));
    }

    /// <summary>A second convolution mixes the channels of the first, and batch norm is not yet divided by channels.</summary>
    [Fact]
    public void Division_OtherNetworks_AreBySamples()
    {
        NetworkBuilder[] networks =
        [
            Begin().MaxPool2d(window: 2).Conv2d(filters: 8, kernel: 3, activation: Activation.Relu).MaxPool2d(window: 2).Flatten().Dense(10),
            Begin().MaxPool2d(window: 2).BatchNorm2d().Flatten().Dense(10),
            new NetworkBuilder(Shape.Image(1, 9, 9)).Flatten().Dense(40, Activation.Relu).Dense(10),
        ];

        Assert.All(networks, network => Assert.Equal("all layers by samples", Of(network, members: 4).ToString()));
    }

    /// <summary>More members than the eight leaves of a batch of 64 share them, except where a layer takes statistics of whole leaves.</summary>
    [Theory]
    [InlineData(8, false, false, 2)]
    [InlineData(9, false, true, 3)]
    [InlineData(64, false, true, 3)]
    [InlineData(64, true, false, 2)]
    public void Division_MoreMembersThanLeaves_SharesLeaves(int members, bool hasBatchNorm, bool sharesLeaves, int meetings)
    {
        NetworkBuilder network = Begin().MaxPool2d(window: 2).Conv2d(filters: 8, kernel: 3, activation: Activation.Relu);
        network = (hasBatchNorm ? network.BatchNorm2d() : network).Flatten().Dense(10);
        PipelineOptions options = new() { Workers = members, Threads = members, Leaves = 8 };

        PipelinePlan plan = new(network.Build(), new TrainingOptions { BatchSize = 64 }, options);

        Assert.Equal((sharesLeaves, meetings, sharesLeaves ? members : 8), (plan.Division.SharesLeaves, plan.Division.Meetings, plan.Threads));
    }

    /// <summary>
    /// 64 channels of 81 outputs and their gradients are 41 kB for each sample, so the 64 samples of a thread leave its cache; a wider
    /// division has less for each member, and no member has features of its own where layers are divided by samples.
    /// </summary>
    [Theory]
    [InlineData(64, 1, 64, ExchangeKind.OwnFeatures)]
    [InlineData(64, 2, 64, ExchangeKind.OwnFeatures)]
    [InlineData(64, 2, 128, ExchangeKind.FullGradients)]
    [InlineData(64, 3, 128, ExchangeKind.OwnFeatures)]
    [InlineData(64, 3, 192, ExchangeKind.FullGradients)]
    [InlineData(4, 2, 192, ExchangeKind.OwnFeatures)]
    public void Exchange_Auto_IsFullGradientsWhereActivationsOfOwnFeaturesLeaveTheCache(int filters, int threads, int batchSize, ExchangeKind expected)
    {
        Network network = new NetworkBuilder(Shape.Image(1, 20, 20)).Conv2d(filters, kernel: 3, activation: Activation.Relu).MaxPool2d(window: 2).Flatten().Dense(40).Build();
        TrainingOptions training = new() { BatchSize = batchSize };
        PipelineOptions options = new() { Workers = threads, Threads = threads };

        PipelinePlan auto = new(network, training, options), forced = new(network, training, options with { Exchange = ExchangeKind.OwnFeatures });

        Assert.Equal((expected, expected, threads), (auto.Exchange, auto.FastestExchange, auto.Shards));
        Assert.Equal((ExchangeKind.OwnFeatures, expected, threads), (forced.Exchange, forced.FastestExchange, forced.Threads));
        Assert.Equal(expected == ExchangeKind.FullGradients ? "activations of own features exceed a core's cache" : "each weight has one owner", auto.ExchangeReason);
    }

    private static NetworkBuilder Begin() => new NetworkBuilder(Shape.Image(1, 20, 20)).Conv2d(filters: 8, kernel: 3, activation: Activation.Relu);

    private static DivisionPlan Of(NetworkBuilder network, int members) =>
        new PipelinePlan(network.Build(), new TrainingOptions { BatchSize = 512 }, new PipelineOptions { Workers = members, Threads = members }).Division;
}
