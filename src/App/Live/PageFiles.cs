using System.Text;
using ConvNN.App.Reports;
using ConvNN.Dashboard;

namespace ConvNN.App.Live;

/// <summary>The files that served pages have in common with those that reports write: style, charts, uPlot.</summary>
internal static class PageFiles
{
    private static readonly string[] Shared = ["page.css", "charts.js", "uPlot.min.css", "uPlot.iife.min.js"];

    /// <summary>The files of a page.</summary>
    /// <param name="page">The page itself: <c>live.html</c>.</param>
    /// <param name="own">Its own files.</param>
    public static IReadOnlyDictionary<string, WebFile> Of(string page, params IReadOnlyList<string> own)
    {
        Dictionary<string, WebFile> files = Shared.ToDictionary(name => $"/{name}", name => WebFile.Named(name, Encoding.UTF8.GetBytes(HtmlPage.Resource(name))));
        foreach (string name in own)
        {
            files[$"/{name}"] = WebFile.Of(name);
        }

        files["/"] = WebFile.Of(page);
        return files;
    }
}
