using System.Net;
using ConvNN.Pictures;

namespace ConvNN.App.Reports;

/// <summary>A self-contained HTML page, which needs no server and no network. It follows the system's light or dark mode and fits any window width.</summary>
internal static class HtmlPage
{
    /// <summary>A page without scripts.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="body">Its content, as HTML.</param>
    public static string Of(string title, IEnumerable<string> body) => Of(title, Resource("page.css"), body);

    /// <summary>A page with charts, and in it the scripts that draw them.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="body">Its content, as HTML, with the figures of <see cref="Chart"/>.</param>
    public static string WithCharts(string title, IEnumerable<string> body) => Of(
        title,
        $"{Resource("uPlot.min.css")}\n{Resource("page.css")}",
        [.. body, $"<script>\n/*\n{Resource("LICENSE")}*/\n{Resource("uPlot.iife.min.js")}\n{Resource("charts.js")}charts.drawAll();\n{Resource("tables.js")}</script>"]);

    private static string Of(string title, string style, IEnumerable<string> body) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Escape(title)}</title>
        <style>
        {style}
        </style>
        </head>
        <body>
        {string.Join('\n', body)}
        </body>
        </html>

        """;

    /// <summary>A file of this folder that pages are made of: <c>page.css</c>, <c>charts.js</c>, the files of uPlot.</summary>
    /// <param name="name">Its name.</param>
    public static string Resource(string name)
    {
        using StreamReader reader = new(typeof(HtmlPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    /// <summary>Escapes a text for HTML.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>An image embedded in the page.</summary>
    /// <param name="image">The image.</param>
    /// <param name="description">Its alternative text.</param>
    public static string Image(Picture image, string description) => $"<img alt=\"{Escape(description)}\" src=\"{Address(image)}\">";

    /// <summary>An image as an address that contains it.</summary>
    /// <param name="image">The image.</param>
    public static string Address(Picture image) => $"data:image/png;base64,{Convert.ToBase64String(PngWriter.Write(image))}";
}
