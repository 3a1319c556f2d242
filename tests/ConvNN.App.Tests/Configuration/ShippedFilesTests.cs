using System.Text.Json;
using System.Text.Json.Nodes;
using ConvNN.App.Configuration;
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
