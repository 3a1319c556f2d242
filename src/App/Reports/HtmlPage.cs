using System.Net;
using ConvNN.Pictures;

namespace ConvNN.App.Reports;

/// <summary>A self-contained HTML page, which needs no server and no network. It follows the system's light or dark mode and fits any window width.</summary>
internal static class HtmlPage
{
    private const string Style = """
        :root { color-scheme: light dark; --back: #fcfcfb; --card: #ffffff; --text: #1d2129; --faint: #667080; --line: #dfe3e8; --c0: #0067a8; --c1: #c8500a; --c2: #00805d; --c3: #a8447e; --c4: #7d6300; --c5: #3d3d3d; --hit: 37 99 184; --miss: 194 86 12; }
        @media (prefers-color-scheme: dark) { :root { --back: #14171c; --card: #1c2027; --text: #e6e9ee; --faint: #98a2b1; --line: #333a45; --c0: #6bb8f0; --c1: #f0975a; --c2: #3ec99e; --c3: #e49ac6; --c4: #e6d25a; --c5: #c8c8c8; --hit: 90 150 230; --miss: 240 150 90; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 4rem; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.6rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; } p { margin: .3rem 0; }
        .faint, figcaption { color: var(--faint); } .big { font-size: 2.4rem; font-weight: 650; font-variant-numeric: tabular-nums; }
        .charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); }
        figure { margin: 0; padding: .8rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
        .plot { margin-top: .3rem; min-height: 16.5rem; } .u-legend { color: var(--text); font-size: .85rem; } .u-legend th { color: var(--text); } details { color: var(--faint); font-size: .85rem; }
        details table { margin-top: .4rem; } .compared td, .compared th { text-align: left; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; min-width: 6rem; } .compared th:first-child { min-width: 13rem; }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; } td, th { padding: .3rem .55rem; text-align: right; font-weight: 400; }
        th { color: var(--faint); } .facts td, .facts th { text-align: left; overflow-wrap: anywhere; border-bottom: 1px solid var(--line); vertical-align: top; } .facts { width: 100%; } .facts th { width: 10rem; }
        .matrix td { min-width: 2.6rem; text-align: center; border: 1px solid var(--back); }
        .matrix tr:first-child th { text-align: center; } @media (max-width: 40rem) { .matrix td, .matrix th { padding: .25rem .1rem; min-width: 1.75rem; font-size: .78rem; } }
        .tiles { display: grid; gap: .7rem; grid-template-columns: repeat(auto-fill, minmax(5.4rem, 1fr)); } .tile { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .4rem; text-align: center; font-size: .82rem; line-height: 1.3; }
        .tiles.large { grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); }
        .tiles.row { grid-template-columns: repeat(8, minmax(0, 6rem)); gap: .35rem; margin-bottom: .35rem; }
        .tile img { width: 100%; image-rendering: pixelated; border-radius: .25rem; display: block; margin-bottom: .3rem; }
        """;

    /// <summary>A page without scripts.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="body">Its content, as HTML.</param>
    public static string Of(string title, IEnumerable<string> body) => Of(title, Style, body);

    /// <summary>A page with charts, and in it the scripts that draw them.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="body">Its content, as HTML, with the figures of <see cref="Chart"/>.</param>
    public static string WithCharts(string title, IEnumerable<string> body) => Of(
        title,
        $"{Resource("uPlot.min.css")}\n{Style}",
        [.. body, $"<script>\n/*\n{Resource("LICENSE")}*/\n{Resource("uPlot.iife.min.js")}\n{Resource("charts.js")}charts.drawAll();\n</script>"]);

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

    private static string Resource(string name)
    {
        using StreamReader reader = new(typeof(HtmlPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    /// <summary>Escapes a text for HTML.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>An image embedded in the page.</summary>
    /// <param name="image">The image.</param>
    /// <param name="description">Its alternative text.</param>
    public static string Image(Picture image, string description) =>
        $"<img alt=\"{Escape(description)}\" src=\"data:image/png;base64,{Convert.ToBase64String(PngWriter.Write(image))}\">";
}
