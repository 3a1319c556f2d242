using ConvNN.App.Output;
using ConvNN.Model.Networks;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Log.Drawing;

/// <summary>
/// The network as a table: a line per layer with its description, output shape, parameters and FLOPs. On a narrow terminal
/// it has shorter titles, then no FLOPs, then no parameters.
/// </summary>
internal static class NetworkTable
{
    private const string None = "–";

    /// <summary>The lines of the table.</summary>
    /// <param name="name">The name of the run.</param>
    /// <param name="network">The network.</param>
    /// <param name="columns">The width of the terminal.</param>
    public static IEnumerable<string> Lines(string name, Network network, int columns)
    {
        TextTable table = Table(name, network, "parameters", "MFLOP forward");
        return (table.Width <= columns ? table : Table(name, network, "params", "MFLOP")).Lines(columns);
    }

    private static TextTable Table(string name, Network network, string parameters, string work)
    {
        IReadOnlyList<NetworkBlock> blocks = network.Blocks;
        int nameWidth = Math.Max(5, blocks.Max(block => block.Name.Length));
        TextTable table = new TextTable(Word($"model   {name}"), new("output"), new(parameters) { Goes = 1 }, new(work) { Goes = 2 })
            .AddAll(blocks.Select(block => (string[])
            [
                $"  {block.Name.PadRight(nameWidth)} {block.Type} {block.Summary}{(block.IsFrozen ? ", frozen" : "")}",
                block.Output.ToString(),
                Count(block.ParameterCount),
                MegaFlops(block.Operations),
            ]))
            .Add("", "", Count(network.Layout.ParameterCount), MegaFlops(blocks.Sum(block => block.Operations)));
        return blocks.Any(block => block.IsFrozen) ? table.Add("  of these trained", "", Count(network.Layout.TrainedCount), "") : table;
    }

    private static string Count(long parameters) => parameters == 0 ? None : $"{parameters:N0}";

    private static string MegaFlops(long operations) => operations == 0 ? None : $"{operations / 1e6:N3}";
}
