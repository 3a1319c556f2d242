using ConvNN.App.Output;
using ConvNN.Model.Networks;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Log.Drawing;

/// <summary>The network as a table: a line per layer with what it is, what it puts out, its parameters and its work.</summary>
internal static class NetworkTable
{
    private const string None = "–";

    // From much room to little: shorter titles, then without the work, then without the parameters.
    private static readonly string[][] Titles =
    [
        ["output", "parameters", "MFLOP forward"],
        ["output", "params", "MFLOP"],
        ["output", "params"],
        ["output"],
    ];

    /// <summary>The lines of the table.</summary>
    /// <param name="name">What the run is called.</param>
    /// <param name="network">The network.</param>
    /// <param name="columns">The width of the terminal.</param>
    public static IEnumerable<string> Lines(string name, Network network, int columns)
    {
        List<string[]> rows = Rows(name, network);
        string[] titles = Titles.FirstOrDefault(titles => Widths(rows, titles).Sum(width => width + 2) - 2 <= columns, Titles[^1]);
        int[] widths = Widths(rows, titles);
        widths[0] = Math.Max(1, Math.Min(widths[0], columns - widths[1..].Sum(width => width + 2)));
        yield return Line([rows[0][0], .. titles]);
        foreach (string[] row in rows.Skip(1))
        {
            yield return Line(row[..(titles.Length + 1)]);
        }

        string Line(string[] cells) => string.Join("  ", cells.Select((cell, i) => i == 0
            ? Fold.Shorten(cell, widths[0]).PadRight(widths[0])
            : cell.PadLeft(widths[i])));
    }

    private static List<string[]> Rows(string name, Network network)
    {
        IReadOnlyList<NetworkBlock> blocks = network.Blocks;
        int nameWidth = Math.Max(5, blocks.Max(block => block.Name.Length));
        return
        [
            [$"model   {name}"],
            .. blocks.Select(block => (string[])
            [
                $"  {block.Name.PadRight(nameWidth)} {block.Type} {block.Summary}".TrimEnd(),
                block.Output.ToString(),
                Count(block.ParameterCount),
                MegaFlops(block.Operations),
            ]),
            ["", "", Count(network.Layout.TrainedCount), MegaFlops(blocks.Sum(block => block.Operations))],
        ];
    }

    private static int[] Widths(List<string[]> rows, string[] titles) =>
        [rows.Max(row => row[0].Length), .. titles.Select((title, i) => Math.Max(title.Length, rows.Skip(1).Max(row => row[i + 1].Length)))];

    private static string Count(long parameters) => parameters == 0 ? None : Text($"{parameters:N0}");

    private static string MegaFlops(long operations) => operations == 0 ? None : Text($"{operations / 1e6:N3}");
}
