using System.Text.Json.Nodes;

namespace ConvNN.Model.Options;

/// <summary>A registered type: its name in the configuration and its options.</summary>
/// <param name="name">The value of <c>Type</c>.</param>
/// <param name="description">What it is, in a sentence.</param>
/// <param name="options">The declarations of its options, except <c>Type</c>.</param>
public abstract class TypeDefinition(string name, string description, IReadOnlyList<Option> options)
{
    /// <summary>The key that names a type.</summary>
    public const string TypeKey = "Type";

    /// <summary>The value of <c>Type</c>.</summary>
    public string Name => name;

    /// <summary>What it is, in a sentence.</summary>
    public string Description => description;

    /// <summary>The declarations of its options, except <c>Type</c>.</summary>
    public IReadOnlyList<Option> Options => options;

    /// <summary>Creates the options with their defaults; required ones get any allowed value.</summary>
    public abstract object CreateDefault();

    /// <summary>The JSON schema of a section that is known to have this type.</summary>
    public JsonObject Schema()
    {
        object defaults = CreateDefault();
        JsonObject properties = new() { [TypeKey] = true };
        foreach (Option option in Options)
        {
            properties[option.Name] = option.Schema(defaults);
        }

        JsonArray required = [.. Options.Where(option => option.IsRequired).Select(option => (JsonNode)option.Name)];
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

/// <summary>A registered type, and how its default options are created.</summary>
/// <typeparam name="TOptions">What is registered: layers, optimizers.</typeparam>
/// <param name="name">The value of <c>Type</c>.</param>
/// <param name="description">What it is, in a sentence.</param>
/// <param name="create">Creates the options with their defaults; required ones get any allowed value.</param>
/// <param name="options">The declarations of its options, except <c>Type</c>.</param>
public sealed class TypeDefinition<TOptions>(string name, string description, Func<TOptions> create, params IReadOnlyList<Option> options)
    : TypeDefinition(name, description, options)
    where TOptions : TypedOptions
{
    /// <inheritdoc/>
    public override TOptions CreateDefault() => create();
}
