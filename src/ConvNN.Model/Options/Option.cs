using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvNN.Model.Options;

/// <summary>
/// The declaration of one option: its name, kind of value and meaning, and the property of the options class that holds it.
/// Configuration files, environment variables, the command line, the JSON schema, the reference, the written configuration
/// and the checks of values set in code are all based on it.
/// </summary>
public sealed record Option
{
    private readonly Func<string> _rule;
    private readonly Func<JsonObject> _schema;
    private readonly Func<object, object?> _get;
    private readonly Func<object, JsonNode?> _write;
    private readonly Func<object, string, object?> _read;
    private readonly Func<object?, bool> _isAllowed;

    private Option(
        string name,
        string description,
        Func<string> rule,
        Func<JsonObject> schema,
        Func<object, object?> get,
        Func<object, JsonNode?> write,
        Func<object, string, object?> read,
        Func<object?, bool> isAllowed)
    {
        (Name, Description) = (name, description);
        (_rule, _schema, _get, _write, _read, _isAllowed) = (rule, schema, get, write, read, isAllowed);
    }

    /// <summary>The key, as written in the configuration.</summary>
    public string Name { get; }

    /// <summary>What it means, in a few words.</summary>
    public string Description { get; }

    /// <summary>Whether it must be given; if not, its default is the initial value in the options class.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether null or false is left out when a configuration is written.</summary>
    public bool IsOmittedWhenUnset { get; init; }

    /// <summary>The types that this section can choose from; null for a single value.</summary>
    public SectionTypes? Types { get; private init; }

    /// <summary>A sentence of further advice when a value is rejected.</summary>
    public string Advice { get; init; } = "";

    /// <summary>What a value must be, as the end of a sentence.</summary>
    public string Rule => _rule();

    /// <summary>Declares an option.</summary>
    /// <typeparam name="TOptions">The options class that it belongs to.</typeparam>
    /// <typeparam name="TValue">The type of its value.</typeparam>
    /// <param name="name">The key.</param>
    /// <param name="kind">The kind of value.</param>
    /// <param name="get">Gets the value from the options.</param>
    /// <param name="set">Returns the options with another value.</param>
    /// <param name="description">What it means, in a few words.</param>
    public static Option Of<TOptions, TValue>(
        string name, ValueKind<TValue> kind, Func<TOptions, TValue> get, Func<TOptions, TValue, TOptions> set, string description)
        where TOptions : class => new(
            name,
            description,
            () => kind.Rule,
            kind.Schema,
            options => get((TOptions)options),
            options => kind.ToJson(get((TOptions)options)),
            (options, text) => kind.TryRead(text, out TValue value) ? set((TOptions)options, value) : null,
            value => kind.IsAllowed((TValue)value!));

    /// <summary>Declares a section that chooses a type and sets its options.</summary>
    /// <typeparam name="TOptions">The options class that it belongs to.</typeparam>
    /// <typeparam name="TTyped">What is chosen: an optimizer, a schedule.</typeparam>
    /// <param name="types">The available types, and where the section is.</param>
    /// <param name="get">Gets the choice from the options.</param>
    /// <param name="set">Returns the options with another choice.</param>
    /// <param name="description">What it means, in a few words.</param>
    public static Option Section<TOptions, TTyped>(
        TypeRegistry<TTyped> types, Func<TOptions, TTyped> get, Func<TOptions, TTyped, TOptions> set, string description)
        where TOptions : class
        where TTyped : TypedOptions => new(
            types.Path[(types.Path.LastIndexOf(':') + 1)..],
            description,
            () => $"it must be one of {string.Join(", ", types.Names)}, or a section with Type and options",
            types.Schema,
            options => get((TOptions)options),
            options => get((TOptions)options).ToJson(),
            (_, _) => null,
            _ => true)
        {
            Types = new SectionTypes(
                types.Path,
                () => types.Types,
                (options, values, failures) => types.Read(types.Path, values, failures) is { } read ? set((TOptions)options, read) : options),
        };

    /// <summary>Gets the option's value.</summary>
    /// <param name="options">The options.</param>
    public object? Get(object options) => _get(options);

    /// <summary>Whether a configuration that is written has the option.</summary>
    /// <param name="options">The options.</param>
    public bool IsWritten(object options) => !IsOmittedWhenUnset || Get(options) is not (null or false);

    /// <summary>Gets the option's value as JSON that can be read back.</summary>
    /// <param name="options">The options.</param>
    public JsonNode? Write(object options) => _write(options);

    /// <summary>Returns the options with a value parsed from text; null if it is not allowed.</summary>
    /// <typeparam name="TOptions">The options class.</typeparam>
    /// <param name="options">The options.</param>
    /// <param name="text">The text.</param>
    public TOptions? Read<TOptions>(TOptions options, string text)
        where TOptions : class => (TOptions?)_read(options, text);

    /// <summary>Whether a value set in code is allowed.</summary>
    /// <param name="value">The value.</param>
    public bool IsAllowed(object? value) => _isAllowed(value);

    /// <summary>Describes why a value is rejected.</summary>
    /// <param name="key">The full key, for the sentence: <c>Training:Epochs</c>.</param>
    /// <param name="value">The value as written.</param>
    public Failure Refuse(string key, object? value)
    {
        string text = value is TimeSpan time ? time.TotalSeconds.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{value}");
        JsonObject schema = _schema();
        JsonObject kind = schema["anyOf"]?[0] as JsonObject ?? schema;
        string[] hints =
        [
            $"is {ShownValue.Of(value is null ? null : text)}; {Rule}.",
            kind["enum"] is JsonArray words && NearestName.Find(text, words.Select(word => (string)word!)) is { } nearest ? $"Did you mean {nearest}?" : "",
            text.Contains(',', StringComparison.Ordinal) && kind["type"]?.ToJsonString().Contains("number", StringComparison.Ordinal) is true ? "Use a point as the decimal separator." : "",
            Advice,
        ];
        return Failure.At(key, string.Join(' ', hints.Where(hint => hint.Length > 0)));
    }

    /// <summary>The failure for a missing required option.</summary>
    /// <param name="key">The full key.</param>
    public Failure Missing(string key) => Failure.At(key, $"is missing; {Rule} ({Description}).");

    /// <summary>The JSON schema of the value, with description and default.</summary>
    /// <param name="defaults">The default options.</param>
    public JsonObject Schema(object defaults)
    {
        JsonObject schema = _schema();
        schema["description"] = Description;
        if (!IsRequired)
        {
            schema["default"] = Write(defaults);
        }

        return schema;
    }
}
