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

    /// <summary>The chart as an HTML figure; empty if there is no value.</summary>
    public string Html()
    {
        if (!Curves.Any(curve => curve.Y.Any(double.IsFinite)))
        {
            return "";
        }

        string title = HtmlPage.Escape(Title);
        return $"<figure><figcaption>{title}</figcaption><div class=\"plot\" role=\"img\" aria-label=\"{title}; the figures follow as a table\"></div>"
            + $"<script type=\"application/json\">{Json()}</script><details><summary>figures</summary>{Table()}</details></figure>";
    }

    /// <summary>Its data; characters that end an element are escaped.</summary>
    private string Json() => new JsonObject
    {
        ["title"] = Title,
        ["x"] = X,
        ["zero"] = StartsAtZero,
        ["curves"] = new JsonArray([.. Curves.Select(curve => new JsonObject { ["name"] = curve.Name, ["x"] = Array(curve.X), ["y"] = Array(curve.Y) })]),
    }.ToJsonString();

    private static JsonArray Array(IReadOnlyList<double> values) => [.. values.Select(value => double.IsFinite(value) ? JsonValue.Create(value) : null)];

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
