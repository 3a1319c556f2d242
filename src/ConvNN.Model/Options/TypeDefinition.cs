using System.Text.Json.Nodes;

namespace ConvNN.Model.Options;

/// <summary>A registered type: its name in the configuration and its options.</summary>
/// <param name="name">The value of <c>Type</c>.</param>
/// <param name="description">What it is, in a sentence.</param>
/// <param name="options">The declarations of its options, <c>Type</c> apart.</param>
public abstract class TypeDefinition(string name, string description, IReadOnlyList<Option> options)
{
    /// <summary>The key that names a type.</summary>
    public const string TypeKey = "Type";

    /// <summary>The value of <c>Type</c>.</summary>
    public string Name => name;

    /// <summary>What it is, in a sentence.</summary>
    public string Description => description;

    /// <summary>The declarations of its options, <c>Type</c> apart.</summary>
    public IReadOnlyList<Option> Options => options;

    /// <summary>The options where nothing is given; required ones have some value that is allowed.</summary>
    public abstract object CreateDefault();

    /// <summary>The JSON schema of a section with this type.</summary>
    /// <param name="isTypeRequired">Whether the section must name it.</param>
    public JsonObject Schema(bool isTypeRequired)
    {
        object defaults = CreateDefault();
        JsonObject properties = new() { [TypeKey] = new JsonObject { ["description"] = Description, ["const"] = Name } };
        foreach (Option option in Options)
        {
            properties[option.Name] = option.Schema(defaults);
        }

        JsonArray required = [.. isTypeRequired ? [TypeKey] : Array.Empty<JsonNode>(), .. Options.Where(option => option.IsRequired).Select(option => (JsonNode)option.Name)];
        JsonObject schema = new()
        {
            ["title"] = Name,
            ["description"] = Description,
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        return schema;
    }
}

/// <summary>A registered type, and what it begins with.</summary>
/// <typeparam name="TOptions">What is registered: layers, optimizers.</typeparam>
/// <param name="name">The value of <c>Type</c>.</param>
/// <param name="description">What it is, in a sentence.</param>
/// <param name="create">Makes the options with their defaults, and required ones with any value that is allowed.</param>
/// <param name="options">The declarations of its options, <c>Type</c> apart.</param>
public sealed class TypeDefinition<TOptions>(string name, string description, Func<TOptions> create, params IReadOnlyList<Option> options)
    : TypeDefinition(name, description, options)
    where TOptions : TypedOptions
{
    /// <inheritdoc/>
    public override TOptions CreateDefault() => create();
}
