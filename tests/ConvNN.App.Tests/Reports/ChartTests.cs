using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConvNN.App.Reports;

namespace ConvNN.App.Tests.Reports;

public class ChartTests
{
    private const string Hostile = "</script><b a=\"1\" c='2'>&";

    [Fact]
    public void Html_NamesWithMarkup_AreTextInDataAndTable()
    {
        string html = new Chart(Hostile, "epoch", [Curve.OfEpochs(Hostile, [0.5, double.NaN, 1e-100])], StartsAtZero: true).Html();

        Assert.DoesNotContain("<b", html, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(html, "</script>"));
        JsonNode data = JsonNode.Parse(Regex.Match(html, "<script[^>]*>(.*?)</script>").Groups[1].Value)!;
        Assert.Equal((Hostile, Hostile), ((string)data["title"]!, (string)data["curves"]![0]!["name"]!));
        Assert.Equal("""{"x":[1,2,3],"y":[0.5,null,1E-100]}""", new JsonObject { ["x"] = data["curves"]![0]!["x"]!.DeepClone(), ["y"] = data["curves"]![0]!["y"]!.DeepClone() }.ToJsonString());
        Assert.Contains($"<th>{WebUtility.HtmlEncode(Hostile)}</th>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_CurvesOfDifferentLength_AreARowForEachX()
    {
        string html = new Chart("Loss", "epoch", [Curve.OfEpochs("a", [3]), Curve.OfEpochs("b", [1, 2])], StartsAtZero: true).Html();

        Assert.Contains("<tr><th>1</th><td>3</td><td>1</td></tr><tr><th>2</th><td></td><td>2</td></tr>", html, StringComparison.Ordinal);
    }

    /// <summary>A first loss far above the others would leave them a flat line.</summary>
    [Theory]
    [InlineData(true, "0.5", "6 0.5 0.4 0.3 0.2")]
    [InlineData(true, "null", "1.2 0.5 0.4 0.3 0.2")]
    [InlineData(true, "null", "6 0.5 0.4")]
    [InlineData(false, "null", "6 0.5 0.4 0.3 0.2")]
    public void Html_BeginningFarAboveTheRest_IsCutOffAndSaid(bool startsAtZero, string top, string losses)
    {
        string html = new Chart("Loss", "epoch", [Curve.OfEpochs("a", [.. losses.Split(' ').Select(double.Parse)])], startsAtZero).Html();

        Assert.Contains($"\"top\":{top},", html, StringComparison.Ordinal);
        Assert.Equal(top != "null", html.Contains("<figcaption>Loss (begins above the chart)</figcaption>", StringComparison.Ordinal));
        Assert.Contains($"<td>{losses.Split(' ')[0]}</td>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_NoFiniteValue_IsEmpty() =>
        Assert.Equal("", new Chart("Validation", "epoch", [Curve.OfEpochs("a", [double.NaN])], StartsAtZero: true).Html());

    [Theory]
    [InlineData(10, 10, 10)]
    [InlineData(11, 10, 6)]
    [InlineData(1000, 10, 10)]
    public void Thinned_Curve_HasMeansOfNeighbours(int points, int most, int expected)
    {
        double[] values = [.. Enumerable.Range(0, points).Select(i => (double)i)];

        Curve thinned = new Curve("a", values, values).Thinned(most);

        Assert.Equal(expected, thinned.X.Count);
        Assert.Equal(thinned.X, thinned.Y);
        Assert.Equal(values[..((points + most - 1) / most)].Average(), thinned.X[0]);
    }

    /// <summary>The page has the scripts whole, and each chart's data where charts.js looks for it.</summary>
    [Fact]
    public void WithCharts_Page_HasScriptsAndLicence()
    {
        string page = HtmlPage.WithCharts("Page", [new Chart("Loss", "epoch", [Curve.OfEpochs("a", [1])], StartsAtZero: true).Html()]);

        Assert.Matches("class=\"plot\"[^>]*></div><script type=\"application/json\">", page);
        Assert.Contains("var uPlot=function()", page, StringComparison.Ordinal);
        Assert.Contains("Copyright (c) 2022 Leon Sorokin", page, StringComparison.Ordinal);
        Assert.Contains("querySelectorAll('.plot')", page, StringComparison.Ordinal);
    }
}
