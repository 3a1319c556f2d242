using ConvNN.App.Log.Drawing;
using ConvNN.App.Tests.Configuration;
using ConvNN.Model;
using ConvNN.Model.Networks;

namespace ConvNN.App.Tests.Log.Drawing;

public class NetworkTableTests
{
    [Fact]
    public void Lines_OfTheDefaultNetwork_AreATable() =>
        Assert.Equal(
            [
                "model   original                           output  parameters  MFLOP forward",
                "  conv1    conv2d 8 of 3×3, relu          8×26×26          80          0.097",
                "  pool1    maxpool2d 2×2                  8×13×13           –              –",
                "  flatten1 flatten                           1352           –              –",
                "  dense1   dense 128, relu, dropout 0.25      128     173,184          0.346",
                "  dense2   dense 64, relu, dropout 0.25        64       8,256          0.016",
                "  dense3   dense 10, softmax                   10         650          0.001",
                "                                                      182,170          0.461",
            ],
            NetworkTable.Lines("original", Network.Build(Shape.Image(1, 28, 28), Sources.Read().Layers), columns: 79));

    [Fact]
    public void Lines_FrozenLayers_AreMarkedAndTheRestIsCounted() =>
        Assert.Equal(
            [
                "model   head                         output  parameters  MFLOP forward",
                "  conv1    conv2d 8 of 3×3, frozen  8×26×26          80          0.097",
                "  flatten1 flatten                     5408           –              –",
                "  dense1   dense 10                      10      54,090          0.108",
                "                                                 54,170          0.206",
                "  of these trained                               54,090",
            ],
            NetworkTable.Lines("head", new NetworkBuilder(Shape.Image(1, 28, 28)).Conv2d(8, 3).Freeze().Flatten().Dense(10).Build(), columns: 79).Select(line => line.TrimEnd()));
}
