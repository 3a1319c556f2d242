using ConvNN.Kernels.Sums;
using ConvNN.Model.Parameters;

namespace ConvNN.Model.Tests.Parameters;

public class SubtreeGradientTests
{
    [Fact]
    public void Cut_Leaves_AreRelativeToTheWorkersRun()
    {
        SubtreeGradient gradient = new(2, 4, length: 0);

        gradient.Cut(new LeafCut(10, 8), firstSample: 2);

        Assert.Equal([0, 1, 3], gradient.Edges);            // samples 2, 3, 5 of the step
        Assert.False(gradient.IsEmpty);
    }

    [Fact]
    public void Cut_NextStepOfFewerSamples_ReplacesTheEdges()
    {
        SubtreeGradient gradient = new(0, 2, length: 0);
        gradient.Cut(new LeafCut(10, 8), firstSample: 0);

        gradient.Cut(new LeafCut(3, 8), firstSample: 0);

        Assert.Equal([0, 0, 0], gradient.Edges);
        Assert.True(gradient.IsEmpty);
    }

    [Fact]
    public void Of_Parameter_IsItsPartOfTheValues()
    {
        ParameterLayout layout = new();
        layout.Add(new ParameterKey("a", 0, "weight", 0), [2, 3], Initializer.Zeros);
        Parameter bias = layout.Add(new ParameterKey("a", 0, "bias", 1), [2], Initializer.Zeros);
        SubtreeGradient gradient = new(0, 8, layout.TrainedLength);

        gradient.Of(bias)[1] = 5;

        Assert.Equal(5, gradient.Values[33]);
        Assert.Equal(16, gradient.OfOrEmpty(bias).Length);
        Assert.True(gradient.OfOrEmpty(null).IsEmpty);
    }
}
