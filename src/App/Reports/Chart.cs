using System.Text.Json.Nodes;

namespace ConvNN.App.Reports;

/// <summary>A chart of curves. <c>charts.js</c> draws it from its data; a table of the same figures is for readers without scripts or eyes.</summary>
/// <param name="Title">Its title, with the unit.</param>
/// <param name="X">What lies along the axis: <c>epoch</c>.</param>
/// <param name="Curves">The curves.</param>
/// <param name="StartsAtZero">Whether the axis includes 0.</param>
internal sealed record Chart(string Title, string X, IReadOnlyList<Curve> Curves, bool StartsAtZero)
{
    private const int MostRows = 100;

    // A beginning this many times as high as all that follows would flatten the rest of a curve.
    private const double Flattening = 3;

    // Of fewer points, each counts.
    private const int FewestPoints = 5;

    // The share of a curve that is its beginning; one value at least.
    private const int Beginning = 50;

    /// <summary>The chart as an HTML figure; empty if there is no value.</summary>
    public string Html()
    {
        if (!Curves.Any(curve => curve.Y.Any(double.IsFinite)))
        {
            return "";
        }

        string title = HtmlPage.Escape(Top is null ? Title : $"{Title} (begins above the chart)");
        return $"<figure><figcaption>{title}</figcaption><div class=\"plot\" role=\"img\" aria-label=\"{title}; the figures follow as a table\"></div>"
            + $"<script type=\"application/json\">{Json()}</script><details><summary>figures</summary>{Table()}</details></figure>";
    }

    /// <summary>The highest value that is drawn, where a beginning is far above it; null if all are drawn.</summary>
    private double? Top
    {
        get
        {
            double highest = Highest(curve => curve.Y), rest = Highest(curve => curve.Y.Skip(Math.Max(1, curve.Y.Count / Beginning)));
            return StartsAtZero && Curves.Any(curve => curve.Y.Count >= FewestPoints) && rest > 0 && highest > Flattening * rest ? rest : null;

            double Highest(Func<Curve, IEnumerable<double>> values) => Curves.SelectMany(values).Where(double.IsFinite).DefaultIfEmpty().Max();
        }
    }

    /// <summary>Its data; characters that end an element are escaped.</summary>
    private string Json() => new JsonObject
    {
        ["title"] = Title,
        ["x"] = X,
        ["zero"] = StartsAtZero,
        ["top"] = Top,
        ["curves"] = new JsonArray([.. Curves.Select(curve => new JsonObject { ["name"] = curve.Name, ["x"] = Array(curve.X), ["y"] = Array(curve.Y) })]),
    }.ToJsonString();

    private static JsonArray Array(IReadOnlyList<double> values) => new([.. values.Select(value => double.IsFinite(value) ? JsonValue.Create(value) : null)]);

    private string Table()
    {
        Curve[] curves = [.. Curves.Select(curve => curve.Thinned(MostRows))];
        string head = string.Concat(curves.Select(curve => $"<th>{HtmlPage.Escape(curve.Name)}</th>"));
        Dictionary<double, double>[] values = [.. curves.Select(curve => curve.X.Zip(curve.Y).ToDictionary(point => point.First, point => point.Second))];
        IEnumerable<string> rows = curves.SelectMany(curve => curve.X).Distinct().Order()
            .Select(x => $"<tr><th>{x:0.#}</th>{string.Concat(values.Select(curve => $"<td>{(curve.TryGetValue(x, out double y) && double.IsFinite(y) ? $"{y:0.####}" : "")}</td>"))}</tr>");
        return $"<div class=\"scroll\"><table><tr><th>{HtmlPage.Escape(X)}</th>{head}</tr>{string.Concat(rows)}</table></div>";
    }
}
