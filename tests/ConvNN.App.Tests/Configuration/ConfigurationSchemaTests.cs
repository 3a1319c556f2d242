using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConvNN.App.Configuration;
using ConvNN.Model.Layers;
using ConvNN.Model.Options;
using Json.Schema;

namespace ConvNN.App.Tests.Configuration;

/// <summary>What the schema takes and refuses is checked by <c>tests/schema/check.py</c>, with a validator that is not ours.</summary>
public partial class ConfigurationSchemaTests
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

    public static TheoryData<string> Sections { get; } = [LayerSection.Path, .. Settings.Sections.Select(setting => setting.Key)];

    /// <summary>
    /// An editor offers what stands in a list of words, and the keys of what a half-written section already fits. So every type must be
    /// in the one list, whatever keys it requires, and its keys must hang on its name alone.
    /// </summary>
    [Theory]
    [MemberData(nameof(Sections))]
    public void Create_EveryTypeOfASection_IsOfferedByNameAndBringsItsKeys(string key)
    {
        IReadOnlyList<TypeDefinition> types = Settings.Find(key)?.Option.Types?.All() ?? LayerRegistry.Types.Types;
        JsonObject section = Section(key);
        JsonObject offered = section["properties"]!["Type"]!["anyOf"]![0]!.AsObject();

        Assert.Equal(types.Select(type => type.Name), Texts(offered["enum"]));
        Assert.Equal(types.Select(type => type.Description), Texts(offered["enumDescriptions"]));
        Assert.Equal(types.Count, section["allOf"]!.AsArray().Count);
        Assert.All(types.Zip(section["allOf"]!.AsArray()), pair =>
        {
            (TypeDefinition type, JsonNode? rule) = pair;
            JsonSchema condition = JsonSchema.FromText(rule!["if"]!.ToJsonString());
            JsonObject keys = rule["then"]!.AsObject();
            Assert.Equal([type.Name], types.Select(other => other.Name).Where(name => Fits(condition, name)));
            Assert.True(Fits(condition, type.Name.ToUpperInvariant()), $"{type.Name} in capitals");
            Assert.Equal(["Type", .. type.Options.Select(option => option.Name)], keys["properties"]!.AsObject().Select(property => property.Key));
            Assert.Equal(type.Options.Where(option => option.IsRequired).Select(option => option.Name), Texts(keys["required"]));
        });
    }

    /// <summary>Editors show a description beside its key, which it must not merely repeat.</summary>
    [Fact]
    public void Create_EveryDescription_SaysMoreThanItsKey() => Assert.All(Descriptions("", ConfigurationSchema.Create()), said =>
    {
        string[] words = [.. Word().Matches(said.Text.ToLowerInvariant()).Select(word => word.Value)];
        Assert.True(
            words.Except(["a", "an", "the", "of", "number", "whether", "with"]).Any(word => !said.Key.Contains(word.TrimEnd('s'), StringComparison.OrdinalIgnoreCase)),
            $"{said.Key}: '{said.Text}'");
    });

    /// <summary>What a section or an element of a list allows: the one alternative with types.</summary>
    private static JsonObject Section(string key)
    {
        JsonNode value = key.Split(':').Aggregate((JsonNode)ConfigurationSchema.Create(), (node, name) => node["properties"]![name]!);
        return (value["items"] ?? value["anyOf"]!.AsArray().Single(kind => kind!["allOf"] is not null))!.AsObject();
    }

    private static bool Fits(JsonSchema schema, string type) =>
        schema.Evaluate(JsonSerializer.SerializeToElement(new JsonObject { ["Type"] = type })).IsValid;

    private static IEnumerable<string> Texts(JsonNode? list) => (list?.AsArray() ?? []).Select(text => (string)text!);

    private static IEnumerable<(string Key, string Text)> Descriptions(string key, JsonNode? schema) => schema switch
    {
        JsonObject keys => keys.SelectMany(pair => pair is { Key: "description", Value: JsonValue text }
            ? [(key, (string)text!)]
            : Descriptions(pair.Key is "properties" or "items" or "allOf" or "anyOf" or "if" or "then" ? key : pair.Key, pair.Value)),
        JsonArray list => list.SelectMany(item => Descriptions(key, item)),
        _ => [],
    };

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
