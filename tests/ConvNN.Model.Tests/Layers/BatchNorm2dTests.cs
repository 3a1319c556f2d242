using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Tests.Layers;

public class BatchNorm2dTests
{
    /// <summary>The last image of an epoch over a map of one pixel is one value a channel: it has a mean but no variance.</summary>
    [Theory]
    [InlineData(1, 0f, 1f)]
    [InlineData(2, 0.5f, 1.3f)]
    public void TakeStatistics_OneValueAChannel_LeavesTheRunningAveragesAlone(int samples, float mean, float variance)
    {
        Network network = new NetworkBuilder(Shape.Image(channels: 1, height: 1, width: 1)).BatchNorm2d(momentum: 0.1).Flatten().Dense(2, Activation.Softmax).Build();
        AlignedBuffer weights = network.Layout.Initialize(seed: 1);
        LeafStatistics statistics = new(network.Layout, leaves: 1);
        statistics.Of(0)[0] = 5;                // the mean
        statistics.Of(0)[1] = 4;                // the sum of squared deviations

        network.TakeStatistics(statistics, new LeafCut(samples, 1), weights.Span);

        Assert.Equal(mean, Running(".running_mean"));
        Assert.Equal(variance, Running(".running_var"));

        float Running(string name) => weights.Span[network.Layout.Parameters.Single(parameter => parameter.Name.EndsWith(name, StringComparison.Ordinal)).Offset];
    }
}
