using ConvNN.App.Commands.Trace;
using ConvNN.Training.Tracing;

namespace ConvNN.App.Tests.Commands.Trace;

public class SumTreeDrawingTests
{
    [Fact]
    public void Text_AnyLength_TakesSevenPlacesAtMost()
    {
        for (double power = 1e-38; power < 1e45; power *= 10)
        {
            foreach (double digits in (double[])[1, 1.2345678, 9.985, 9.994, 9.99949, 9.99951, 9.9999999])
            {
                string text = SumTreeDrawing.Text(digits * power);

                Assert.True(text.Length is >= 1 and <= 7, $"{digits * power:r} is shown as {text}.");
            }
        }
    }

    [Theory]
    [InlineData(1.5e22)]
    [InlineData(1.5e-10)]
    [InlineData(1.5)]
    public void Lines_LengthsOfAnySize_AreDrawnAsATree(double norm)
    {
        string text = SumTreeDrawing.Text(norm);

        string[] lines = [.. new SumTreeDrawing(TraceOf(norm, leaves: 3)).Lines()];

        Assert.Equal(3, lines.Length);
        Assert.StartsWith($"leaf 0  {text} ─", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("┐", lines[0], StringComparison.Ordinal);
        Assert.EndsWith($"┴ {text}", lines[2], StringComparison.Ordinal);
    }

    private static StepTrace TraceOf(double norm, int leaves) => new()
    {
        Step = 1,
        Epoch = 1,
        Leaves = [.. Enumerable.Range(0, leaves).Select(leaf => new TracedLeaf(0, leaf, [new TracedSample(leaf, 0, 0, 1f)], norm))],
        Joins = [new TracedJoin(1, 3, norm), new TracedJoin(0, 3, norm)],
        Workers = [(0, leaves)],
        LearningRate = 0.1f,
        MeanNorm = norm,
        Weights = [],
        Orders = new TracedOrders(1, 0, new TracedSums("", [0], 0)),
        Before = default,
        After = default,
    };
}
