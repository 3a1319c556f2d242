using System.Text.Json;
using System.Text.Json.Nodes;
using ConvNN.App.Commands.Start;
using ConvNN.App.Configuration;
using ConvNN.App.Output;
using ConvNN.App.Tests.Architecture;
using ConvNN.Model;
using ConvNN.Model.Networks;

namespace ConvNN.App.Tests.Configuration;

public class ShippedFilesTests
{
    private static readonly string Shipped = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));

    public static TheoryData<string> Keys() => [.. Paths(Parse(), "")];

    [Fact]
    public void AppSettings_AsShipped_EqualsTheBuiltInDefaults() => AssertDefaults(Shipped);

    [Theory]
    [MemberData(nameof(Keys))]
    public void AppSettings_WithoutAKey_ChangesNothing(string path)
    {
        string[] keys = path.Split(':');
        JsonObject root = Parse();
        JsonObject parent = keys[..^1].Aggregate(root, (node, key) => node[key]!.AsObject());

        Assert.True(parent.Remove(keys[^1]));

        AssertDefaults(root.ToJsonString());
    }

    [Fact]
    public void AppSettings_HasEveryKeyThatIsKnown() =>
        Assert.Equal(
            Settings.All.Select(setting => setting.Key).Order(StringComparer.Ordinal),
            Paths(Parse(), "").Where(path => Settings.Find(path) is not null).Order(StringComparer.Ordinal));

    [Fact]
    public void ShippedFiles_NameTheSchemaThatLiesBesideThem()
    {
        string[] files = [Path.Combine(AppContext.BaseDirectory, "appsettings.json"), .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "config"), "*.json")];

        Assert.All(files, file =>
        {
            string? schema = ConfigurationFile.Find(file).Root.Find(SchemaKey.Path)?.Text;
            Assert.Equal(
                Path.Combine(AppContext.BaseDirectory, ConfigurationSchema.FileName),
                Path.GetFullPath(Assert.IsType<string>(schema), Path.GetDirectoryName(file)!));
        });
    }

    [Fact]
    public void TwoBlock_OnMnistShape_HasTheShapesOfItsNetwork()
    {
        ConfigurationFile file = ConfigurationFile.Find(Path.Combine(AppContext.BaseDirectory, "config", "two-block.json"));
        RunConfiguration run = ConfigurationReader.Read(Sources.Of() with { File = file });

        Network network = Network.Build(Shape.Image(1, 28, 28), run.Layers);

        Assert.Equal("two-block", run.Name);
        Assert.Equal(
            ["32×26×26", "32×13×13", "64×11×11", "64×5×5", "64×5×5", "1600", "128", "10"],
            network.Blocks.Select(block => block.Output.ToString()));
    }

    /// <summary>The figures of the presets are in one file: the page shows them, and so does <c>presets</c>.</summary>
    [Fact]
    public void PresetsCsv_HasARowForEachPresetOfItsNetwork_AndIsTheTableOfThePage()
    {
        IReadOnlyList<string[]> lines = Csv.Read(Presets.PathTo(PresetFigures.FileName));
        Dictionary<string, string>[] rows = [.. lines.Skip(1).Select(cells => lines[0].Zip(cells).ToDictionary())];
        string[] page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "sweeps.md"));

        Assert.Equal(Presets.Names, rows.Select(row => row["configuration"]));
        Assert.All(rows, row =>
        {
            RunConfiguration run = ConfigurationReader.Read(ConfigurationSources.None with { File = ConfigurationFile.OfPreset(row["configuration"]) });
            Assert.Equal(row["parameters"], $"{Network.Build(Shape.Image(1, 28, 28), run.Layers).Layout.ParameterCount}");
            Assert.Equal((row["dataset"], row["epochs"]), (run.Data.Dataset, $"{run.Training.Epochs}"));
        });
        Assert.Equal(
            rows.Select(row => $"| [{row["configuration"]}](../config/{row["configuration"]}.json) | {row["dataset"]} | {Number(row, "parameters"):N0} | {row["epochs"]} "
                + $"| {100 * Number(row, "test_accuracy"):0.00} ± {100 * Number(row, "test_accuracy_sd"):0.00} % | {Number(row, "seconds"):0.0} "
                + $"| {Number(row, "images_per_second"):N0} | {row["weights_sha256"][..12]} |"),
            page.Where(line => line.StartsWith("| [", StringComparison.Ordinal)));
        PresetFigures best = PresetFigures.Read()["best"];
        Assert.Contains($"| {100 * best.Accuracy:0.00} ± {100 * best.Deviation:0.00} %, ", File.ReadAllText(Path.Combine(Repository.Root, "README.md")), StringComparison.Ordinal);

        static double Number(Dictionary<string, string> row, string column) => double.Parse(row[column]);
    }

    private static JsonObject Parse() =>
        JsonNode.Parse(Shipped, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!.AsObject();

    /// <summary>All keys and sections, <c>Model:Layers</c> whole.</summary>
    private static IEnumerable<string> Paths(JsonObject section, string prefix)
    {
        foreach ((string key, JsonNode? value) in section)
        {
            yield return prefix + key;
            if (value is JsonObject child)
            {
                foreach (string path in Paths(child, $"{prefix}{key}:"))
                {
                    yield return path;
                }
            }
        }
    }

    private static void AssertDefaults(string json)
    {
        RunConfiguration expected = Sources.Read();
        RunConfiguration actual = Sources.Read(json);

        Assert.Equal(expected.Layers, actual.Layers);
        Assert.Equal(expected, actual with { Layers = expected.Layers });
    }
}
