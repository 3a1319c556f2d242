using ConvNN.Data.Idx;
using ConvNN.Pictures;

namespace ConvNN.Data.Tests;

public class ChannelStatisticsTests
{
    /// <summary>Two images of two channels of two values: 0 and 102, with mean 51 and deviation 51; and 255 everywhere.</summary>
    [Fact]
    public void Of_Images_AreMeanAndDeviationOfEachChannel()
    {
        IdxArray images = new("images", [0, 102, 255, 255, 102, 0, 255, 255], [2, 2, 1, 2]), labels = new("labels", [0, 1], [2]);

        Normalization normalization = ChannelStatistics.Of(new ImageDataset("small", "train", images, labels, classes: 2));

        Assert.Equal([0.2f, 1f], normalization.Means);

        // A channel of one value has no deviation: it is divided by 1.
        Assert.Equal([0.2f, 1f], normalization.Deviations);
    }
}
