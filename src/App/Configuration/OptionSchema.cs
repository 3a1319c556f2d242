using System.Text.Json.Nodes;
using ConvNN.Formats;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>The JSON schema of the options that layers, optimizers and the like are registered with.</summary>
internal static class OptionSchema
{
    /// <summary>The schema of an option's value, with description and default.</summary>
    /// <param name="option">The option.</param>
    public static JsonObject Of(OptionSpec option)
    {
        JsonObject schema = option.Kind switch
        {
            OptionKind.Integer => WholeNumber(option),
            OptionKind.Number => new JsonObject { ["type"] = "number", ["minimum"] = option.Minimum, ["exclusiveMaximum"] = option.Maximum },
            OptionKind.Boolean => new JsonObject { ["type"] = "boolean" },
            OptionKind.Choice => new JsonObject { ["enum"] = new JsonArray([.. option.Choices.Select(choice => JsonValue.Create(choice))]) },
            OptionKind.Size => new JsonObject { ["anyOf"] = new JsonArray(WholeNumber(option), Pair(option)) },
            _ => throw new NotSupportedException($"No schema is known for options of kind {option.Kind}."),
        };
        if (!option.IsRequired && option.Default is null)
        {
            schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        }

        schema["description"] = option.Description;
        if (!option.IsRequired)
        {
            schema["default"] = NetworkJson.Write(option.Default);
        }

        return schema;
    }

    private static JsonObject WholeNumber(OptionSpec option) =>
        new() { ["type"] = "integer", ["minimum"] = option.Minimum, ["maximum"] = option.Maximum };

    private static JsonObject Pair(OptionSpec option) => new()
    {
        ["description"] = "[height, width]",
        ["type"] = "array",
        ["items"] = WholeNumber(option),
        ["minItems"] = 2,
        ["maxItems"] = 2,
    };
}
