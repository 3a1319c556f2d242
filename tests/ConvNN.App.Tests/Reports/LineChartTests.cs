using ConvNN.App.Reports;

namespace ConvNN.App.Tests.Reports;

public class LineChartTests
{
    [Theory]
    [InlineData(0.1, 2.3)]
    [InlineData(1e20, 1.0000000000000001e20)]
    [InlineData(0, 1e100)]
    [InlineData(-1e100, 1e100)]
    [InlineData(1e-100, 2e-100)]
    public void Svg_ValuesOfAnySize_HasAFewTicksWithShortLabels(double first, double second)
    {
        string svg = new LineChart("Loss", [("training", [first, second])], startsAtZero: false).Svg();

        Assert.InRange(svg.Split("class=\"grid\"").Length - 1, 2, 10);
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.DoesNotMatch(@">-?[\d,]{16}", svg);
    }
}
