using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Data.Download;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Log.Drawing;

/// <summary>A download in readable form: a progress bar while it runs, a sentence when it is complete.</summary>
internal static class FetchText
{
    private const double Megabyte = 1e6;
    private const int ShortestBar = 8;
    private const int LongestBar = 40;
    // Room for the "^C" that a terminal echoes after the bar, which would otherwise wrap.
    private const int Echo = 2;
    private const char Done = '━';
    private const char Open = '─';

    /// <summary>The status line: as much as fits.</summary>
    /// <param name="fetch">The progress.</param>
    /// <param name="columns">The width of the terminal.</param>
    public static string Bar(FetchEvent fetch, int columns)
    {
        DownloadProgress at = fetch.Progress;
        string name = $"fetch   {at.Dataset}";
        if (at.Bytes == 0)
        {
            return $"{name}: asking {at.Mirror}";
        }

        double share = Math.Min(1, (double)at.Bytes / at.TotalBytes);
        string percent = $"{100 * Math.Floor(share * 100) / 100:0} %";
        string megabytes = $"{at.Bytes / Megabyte:0.0} of {at.TotalBytes / Megabyte:0.0} MB";
        string[] rest = [Untied(Speed(fetch.BytesPerSecond)), .. fetch.Left is { } left ? [Untied(Left(left))] : Array.Empty<string>()];

        // From the longest form to the shortest.
        (string Name, string[] Figures)[] forms =
        [
            (name, [percent, megabytes, .. rest, $"from {at.Mirror}"]),
            (name, [percent, megabytes, .. rest]),
            (name, [megabytes, .. rest]),
            (name, [megabytes.Replace(" of ", "/", StringComparison.Ordinal), .. rest]),
            (at.Dataset, [megabytes.Replace(" of ", "/", StringComparison.Ordinal), .. rest]),
        ];
        foreach ((string begin, string[] figures) in forms)
        {
            string end = string.Join("  ", figures);
            int length = columns - Echo - begin.Length - end.Length - 4;
            if (length >= ShortestBar)
            {
                return $"{begin}  {Bar(share, Math.Min(length, LongestBar))}  {end}";
            }
        }

        return string.Join("  ", forms[^1].Figures);
    }

    /// <summary>The sentence for a complete download.</summary>
    public static string Sum(FetchEvent fetch) => $"{fetch.Progress.Dataset}: {fetch.Progress.TotalBytes / Megabyte:0.0}{Fold.Tie}MB in {fetch.Elapsed.TotalSeconds:0.0}{Fold.Tie}s, {Speed(fetch.BytesPerSecond)} from {fetch.Progress.Mirror}";

    private static string Bar(double share, int length)
    {
        int done = (int)(share * length);
        return new string(Done, done) + new string(Open, length - done);
    }

    private static string Speed(double bytesPerSecond) => $"{bytesPerSecond / Megabyte:0.0}{Fold.Tie}MB/s";
}
