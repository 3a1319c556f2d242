using System.Text.Json.Nodes;
using ConvNN.App.Configuration;
using ConvNN.Model.Layers;

namespace ConvNN.App.Tests.Configuration;

/// <summary>What the schema takes and refuses is checked by <c>tests/schema/check.py</c>, with a validator that is not ours.</summary>
public class ConfigurationSchemaTests
{
    [Fact]
    public void Text_IsTheCommittedFile() =>
        Assert.True(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, ConfigurationSchema.FileName)).ReplaceLineEndings("\n") == ConfigurationSchema.Text() + "\n",
            $"{ConfigurationSchema.FileName} is not what settings and layers say; write it anew: dotnet run -- schema > {ConfigurationSchema.FileName}");

    [Fact]
    public void Create_EverySetting_HasDescriptionAndDefault()
    {
        JsonObject schema = ConfigurationSchema.Create();

        Assert.All(Settings.All, setting =>
        {
            JsonNode value = setting.Key.Split(':').Aggregate((JsonNode)schema, (node, name) => node["properties"]![name]!);
            Assert.Equal(setting.Description, (string?)value["description"]);
            Assert.Equal(setting.Write(new RunConfiguration())?.ToJsonString(), value["default"]?.ToJsonString());
        });
    }

    [Fact]
    public void Create_EveryLayer_HasItsOptions()
    {
        JsonArray layers = ConfigurationSchema.Create()["properties"]!["Model"]!["properties"]!["Layers"]!["items"]!["oneOf"]!.AsArray();

        Assert.Equal(LayerRegistry.Types.Names, layers.Select(layer => (string?)layer!["properties"]!["Type"]!["const"]));
        Assert.All(LayerRegistry.Types.Types.Zip(layers), pair => Assert.Equal(
            [.. pair.First.Options.Select(option => option.Name), "Type"],
            pair.Second!["properties"]!.AsObject().Select(property => property.Key).ToHashSet()));
    }
}
