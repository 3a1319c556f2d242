using System.Globalization;
using ConvNN.Model;

namespace ConvNN.App.Output;

/// <summary>The network as a table: a line per layer with what it is, what it puts out, its parameters and its work.</summary>
internal static class NetworkTable
{
    private const string None = "–";
    private static readonly string[] Titles = ["output", "parameters", "MFLOP forward"];

    /// <summary>The lines of the table.</summary>
    /// <param name="name">What the run is called.</param>
    /// <param name="network">The network.</param>
    public static IEnumerable<string> Lines(string name, Network network)
    {
        IReadOnlyList<NetworkBlock> blocks = network.Blocks;
        int nameWidth = Math.Max(5, blocks.Max(block => block.Name.Length));
        string[] layers = [.. blocks.Select(block => $"  {block.Name.PadRight(nameWidth)} {block.Type} {block.Summary}".TrimEnd())];
        string title = $"model   {name}";
        int layerWidth = layers.Append(title).Max(layer => layer.Length);
        int outputWidth = blocks.Max(block => Math.Max(Titles[0].Length, block.Output.ToString().Length));

        yield return Line(title, Titles[0], Titles[1], Titles[2]);
        foreach ((NetworkBlock block, string layer) in blocks.Zip(layers))
        {
            yield return Line(layer, block.Output.ToString(), Count(block.ParameterCount), MegaFlops(block.Operations));
        }

        yield return Line("", "", Count(network.Layout.TrainedCount), MegaFlops(blocks.Sum(block => block.Operations)));

        string Line(string layer, string output, string parameters, string work) =>
            $"{layer.PadRight(layerWidth)}  {output.PadLeft(outputWidth)}  {parameters.PadLeft(Titles[1].Length)}  {work.PadLeft(Titles[2].Length)}";
    }

    private static string Count(long parameters) => parameters == 0 ? None : parameters.ToString("N0", CultureInfo.InvariantCulture);

    private static string MegaFlops(long operations) => operations == 0 ? None : (operations / 1e6).ToString("N3", CultureInfo.InvariantCulture);
}
