using System.Text.Json.Nodes;
using ConvNN.App.Configuration;
using ConvNN.App.Output;
using ConvNN.Data;
using ConvNN.Model.Networks;
using static ConvNN.App.Output.Figures;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Commands.Start;

/// <summary><c>convnn presets</c>: each preset with its network, and what it achieved.</summary>
internal static class PresetsReport
{
    private const string None = "–";

    // They are part of a convolution's or dense layer's description, not what makes one network differ from another.
    private const string Normalization = "batchnorm2d";

    private sealed record Row(string Name, RunConfiguration Run, Network Network, PresetFigures? Figures);

    /// <summary>A line for each preset, and how to use one.</summary>
    public static IEnumerable<string> Lines()
    {
        Row[] rows = [.. Rows()];
        TextTable table = new(Word("preset"), Word("network"), new("parameters"), new("epochs"), new("test accuracy"), new("time"));
        table.AddAll(rows.Select(row => (string[])
        [
            row.Name,
            LayersOf(row.Network),
            $"{row.Network.Layout.ParameterCount:N0}",
            $"{row.Run.Training.Epochs}",
            row.Figures is { } figures ? Accuracy(figures) : None,
            row.Figures is { } measured ? Time(TimeSpan.FromSeconds(measured.Seconds)) : None,
        ]));
        IEnumerable<string> datasets = rows.GroupBy(row => row.Run.Data.Dataset).OrderByDescending(group => group.Count()).Select(Dataset);
        return
        [
            .. table.Lines(),
            $"Datasets: {string.Join("; ", datasets)}.",
            "Accuracy is the mean ± standard deviation over seeds, time that of a run with",
            "two workers, as last measured; leaderboard trains them again.",
            $"Train one:        {Invocation.Of("--preset lenet5")}",
            $"Make it your own: {Invocation.Of("init lenet5.json --preset lenet5")}",
        ];
    }

    /// <summary>The same as JSON.</summary>
    public static string Json() => ReadableJson.Of(new JsonArray([.. Rows().Select(row => (JsonNode)new JsonObject
    {
        ["name"] = row.Name,
        ["dataset"] = row.Run.Data.Dataset,
        ["network"] = LayersOf(row.Network),
        ["parameters"] = row.Network.Layout.ParameterCount,
        ["epochs"] = row.Run.Training.Epochs,
        ["test_accuracy"] = row.Figures?.Accuracy,
        ["test_accuracy_sd"] = row.Figures?.Deviation,
        ["trials"] = row.Figures?.Trials,
        ["seconds"] = row.Figures?.Seconds,
    })]));

    private static IEnumerable<Row> Rows()
    {
        IReadOnlyDictionary<string, PresetFigures> figures = PresetFigures.Read();
        return Presets.Names.Select(name =>
        {
            RunConfiguration run = ConfigurationReader.Read(ConfigurationSources.None with { File = ConfigurationFile.OfPreset(name) });
            return new Row(name, run, Network.Build(PublishedDataset.Mnist.Outline.Shape, run.Layers), figures.GetValueOrDefault(name));
        });
    }

    private static string Accuracy(PresetFigures figures) => figures.Deviation is { } deviation
        ? $"{100 * figures.Accuracy:0.00} ± {100 * deviation:0.00}{Fold.Tie}%"
        : Percent(figures.Accuracy);

    private static string Dataset(IGrouping<string, Row> group, int place) =>
        place == 0 ? group.Key : $"{group.Key} for {string.Join(", ", group.Select(row => row.Name))}";

    /// <summary>How many layers of each type have weights: <c>2 conv2d, 3 dense</c>.</summary>
    private static string LayersOf(Network network) => string.Join(", ", network.Blocks
        .Where(block => block.ParameterCount > 0 && block.Type != Normalization)
        .CountBy(block => block.Type)
        .Select(type => $"{type.Value} {type.Key}"));
}
