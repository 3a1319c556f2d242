using System.Text.Json.Nodes;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>
/// One key of the configuration: how it is read and written, and how it is called on the command line. Reading,
/// messages, the options of the program, the schema for editors and the resolved configuration all come from here.
/// </summary>
internal sealed record Setting
{
    private static readonly RunConfiguration Defaults = new();

    private readonly Func<RunConfiguration, JsonNode?> _read;
    private readonly Func<RunConfiguration, string, RunConfiguration?> _apply;
    private readonly JsonObject _schema;

    private Setting(
        string key,
        string description,
        string rule,
        JsonObject schema,
        Func<RunConfiguration, JsonNode?> read,
        Func<RunConfiguration, string, RunConfiguration?> apply)
    {
        Key = key;
        Description = description;
        Rule = rule;
        _schema = schema;
        _read = read;
        _apply = apply;
    }

    /// <summary>The key: <c>Training:Epochs</c>.</summary>
    public string Key { get; }

    /// <summary>What it means, in a few words: for the help and for editors.</summary>
    public string Description { get; }

    /// <summary>What a value must be.</summary>
    public string Rule { get; }

    /// <summary>Its names on the command line; none when it has no option.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>What stands for the value in the help on its option.</summary>
    public string ValueName { get; init; } = "N";

    /// <summary>The built-in default, as JSON.</summary>
    public JsonNode? Default => Read(Defaults);

    /// <summary>Describes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="get">Takes the value out of a configuration.</param>
    /// <param name="set">Puts a value into a configuration.</param>
    /// <param name="description">What it means, in a few words.</param>
    public static Setting Of<T>(
        string key, ValueKind<T> kind, Func<RunConfiguration, T> get, Func<RunConfiguration, T, RunConfiguration> set, string description) =>
        new(
            key,
            description,
            kind.Rule,
            kind.Schema,
            run => kind.ToJson(get(run)),
            (run, text) => kind.TryParse(text, out T value) ? set(run, value) : null);

    /// <summary>Describes a section that chooses a type and gives its options.</summary>
    /// <param name="types">What may be chosen, and where the section stands.</param>
    /// <param name="get">Takes the choice out of a configuration.</param>
    /// <param name="set">Puts a choice into a configuration.</param>
    /// <param name="description">What it means, in a few words.</param>
    public static Setting Of<T>(
        TypeRegistry<T> types, Func<RunConfiguration, T> get, Func<RunConfiguration, T, RunConfiguration> set, string description)
        where T : TypedOptions =>
        new(
            types.Path,
            description,
            $"it must be one of {string.Join(", ", types.Types.Select(type => type.Name))}, or a section with Type and options",
            TypedSection.Schema(types.Types),
            run => TypedSection.Write(get(run)),
            (_, _) => null)
        {
            Section = (run, values, failures) => types.Read(values, failures) is { } options ? set(run, options) : run,
        };

    /// <summary>Reads a whole section into a configuration, and adds what is wrong to the failures; null for a key with one value.</summary>
    public Func<RunConfiguration, IReadOnlyDictionary<string, string>, ICollection<string>, RunConfiguration>? Section { get; private init; }

    /// <summary>The value that a configuration has, as JSON that can be read again: numbers as numbers, <c>"auto"</c>, null.</summary>
    public JsonNode? Read(RunConfiguration run) => _read(run);

    /// <summary>Reads a value into a configuration; null when it cannot be.</summary>
    public RunConfiguration? Apply(RunConfiguration run, string text) => _apply(run, text);

    /// <summary>What is wrong with a value that cannot be read: key, value, rule, and the nearest word where it must be one.</summary>
    public string Complaint(string text)
    {
        string? nearest = _schema["enum"] is JsonArray words ? NearestName.Find(text, words.Select(word => (string)word!)) : null;
        return $"{Key} is {ShownValue.Of(text)}; {Rule}.{(nearest is null ? "" : $" Did you mean {nearest}?")}";
    }

    /// <summary>The JSON schema of the value, with description and default.</summary>
    public JsonObject Schema()
    {
        JsonObject schema = (JsonObject)_schema.DeepClone();
        schema["description"] = Description;
        schema["default"] = Default;
        return schema;
    }
}
