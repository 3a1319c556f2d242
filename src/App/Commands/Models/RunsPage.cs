using ConvNN.App.Reports;

namespace ConvNN.App.Commands.Models;

/// <summary>The page about several runs: their curves over each other, and what differs between them.</summary>
/// <param name="title">Its title.</param>
/// <param name="runs">The runs.</param>
internal sealed class RunsPage(string title, RunsComparison runs)
{
    private const string Accuracy = "accuracy";

    /// <summary>The page.</summary>
    public string Html() => HtmlPage.WithCharts($"{title} – ConvNN", [.. Head(), .. Results(), .. Charts(), .. Differences()]);

    private IEnumerable<string> Head()
    {
        yield return $"<h1>{HtmlPage.Escape(title)}</h1>";
        yield return $"<p class=\"faint\">{runs.Folders.Count} runs</p>";
    }

    private IEnumerable<string> Results()
    {
        RunColumn[] columns = [.. RunColumn.All.Where(column => !column.IsLeftOut(runs.Facts) && runs.Facts.Any(run => column.Of(run) is not null))];
        string head = string.Concat(columns.Select(column => $"<th{Class(column)} scope=\"col\"><button type=\"button\">{HtmlPage.Escape(column.Title)}</button></th>"));
        string body = string.Concat(runs.Facts.Select(run => $"<tr>{string.Concat(columns.Select(column => Cell(column, run)))}</tr>"));
        yield return $"<h2>Results</h2><div class=\"scroll\"><table class=\"sortable\"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>";
        if (runs.Note is { } note)
        {
            yield return $"<p class=\"faint\">{HtmlPage.Escape(note)}</p>";
        }
    }

    private static string Class(RunColumn column) => column.IsWord ? " class=\"word\"" : "";

    private static string Cell(RunColumn column, RunFacts run)
    {
        string value = column.Of(run) is null ? "" : $" data-value=\"{HtmlPage.Escape(column.Text(run))}\"";
        return $"<td{Class(column)}{value}>{HtmlPage.Escape(column.Cell(run))}</td>";
    }

    private IEnumerable<string> Charts()
    {
        yield return "<h2>Training</h2><div class=\"charts\">";
        yield return Chart("Test accuracy, %", $"test_{Accuracy}", startsAtZero: false);
        yield return Chart("Test loss, nats", "test_loss", startsAtZero: true);
        yield return Chart("Validation accuracy, %", $"validation_{Accuracy}", startsAtZero: false);
        yield return Chart("Training loss, nats", "train_loss", startsAtZero: true);
        yield return Chart("Throughput, images/s", "images_per_second", startsAtZero: true);
        yield return "</div>";
    }

    private string Chart(string name, string column, bool startsAtZero)
    {
        double scale = column.EndsWith(Accuracy, StringComparison.Ordinal) ? 100 : 1;
        return new Chart(name, "epoch", [.. runs.Labels.Zip(runs.Histories).Select(run => Curve.OfEpochs(run.First, [.. run.Second.Select(row => scale * (row[column] ?? double.NaN))]))], startsAtZero).Html();
    }

    private IEnumerable<string> Differences()
    {
        yield return $"<h2>What differs</h2>{Table([.. runs.Networks.Count > 0 ? [["network", .. runs.Networks]] : (string[][])[], .. runs.Differences])}";
    }

    private string Table(IEnumerable<string[]> rows)
    {
        string head = string.Concat(runs.Folders.Select(folder => $"<th>{HtmlPage.Escape(folder)}</th>"));
        string body = string.Concat(rows.Select(row => $"<tr><th>{HtmlPage.Escape(row[0])}</th>{string.Concat(row.Skip(1).Select(value => $"<td>{HtmlPage.Escape(value)}</td>"))}</tr>"));
        return $"<div class=\"scroll\"><table class=\"compared\"><tr><th></th>{head}</tr>{body}</table></div>";
    }
}
