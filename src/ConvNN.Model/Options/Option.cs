using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvNN.Model.Options;

/// <summary>
/// The declaration of one option: its name, what it holds, what it means, and where its value is in the options class that has
/// it. Configuration files, variables, the command line, the JSON schema, the reference, the written configuration and the
/// checks of values that are set in code all come from here.
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

    /// <summary>The key, as the configuration writes it.</summary>
    public string Name { get; }

    /// <summary>What it means, in a few words.</summary>
    public string Description { get; }

    /// <summary>Whether it must be given; otherwise its default is what the options class begins with.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether it is left out where it is null, when a configuration is written.</summary>
    public bool IsOmittedWhenNull { get; init; }

    /// <summary>The types that a section of this name chooses from; null for a single value.</summary>
    public SectionTypes? Types { get; private init; }

    /// <summary>What else may help somebody whose value is refused: a sentence.</summary>
    public string Advice { get; init; } = "";

    /// <summary>What a value must be: the end of a sentence.</summary>
    public string Rule => _rule();

    /// <summary>Declares an option.</summary>
    /// <typeparam name="TOptions">The options class that has it.</typeparam>
    /// <typeparam name="TValue">Its value.</typeparam>
    /// <param name="name">The key.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="get">Takes the value out of the options.</param>
    /// <param name="set">The options with another value.</param>
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

    /// <summary>Declares a section that chooses a type and gives its options.</summary>
    /// <typeparam name="TOptions">The options class that has it.</typeparam>
    /// <typeparam name="TTyped">What is chosen: an optimizer, a schedule.</typeparam>
    /// <param name="types">What may be chosen, and where the section is.</param>
    /// <param name="get">Takes the choice out of the options.</param>
    /// <param name="set">The options with another choice.</param>
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

    /// <summary>The value that options have.</summary>
    /// <param name="options">The options.</param>
    public object? Get(object options) => _get(options);

    /// <summary>The value that options have, as JSON that can be read again.</summary>
    /// <param name="options">The options.</param>
    public JsonNode? Write(object options) => _write(options);

    /// <summary>The options with a value that is read from text; null when it is not allowed.</summary>
    /// <typeparam name="TOptions">The options class.</typeparam>
    /// <param name="options">The options.</param>
    /// <param name="text">The text.</param>
    public TOptions? Read<TOptions>(TOptions options, string text)
        where TOptions : class => (TOptions?)_read(options, text);

    /// <summary>Whether a value that was set in code is allowed.</summary>
    /// <param name="value">The value.</param>
    public bool IsAllowed(object? value) => _isAllowed(value);

    /// <summary>What is wrong with a value.</summary>
    /// <param name="key">The whole key, for the sentence: <c>Training:Epochs</c>.</param>
    /// <param name="value">The value, as somebody wrote it.</param>
    public Failure Refuse(string key, object? value)
    {
        string text = value is TimeSpan time ? time.TotalSeconds.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{value}");
        JsonObject schema = _schema();
        JsonObject kind = schema["anyOf"]?[0] as JsonObject ?? schema;
        string[] hints =
        [
            $"is {ShownValue.Of(value is null ? null : text)}; {Rule}.",
            kind["enum"] is JsonArray words && NearestName.Find(text, words.Select(word => (string)word!)) is { } nearest ? $"Did you mean {nearest}?" : "",
            text.Contains(',', StringComparison.Ordinal) && kind["type"]?.ToJsonString().Contains("number", StringComparison.Ordinal) is true ? "Decimals follow a point." : "",
            Advice,
        ];
        return Failure.At(key, string.Join(' ', hints.Where(hint => hint.Length > 0)));
    }

    /// <summary>What is wrong where a required option is not given.</summary>
    /// <param name="key">The whole key.</param>
    public Failure Missing(string key) => Failure.At(key, $"is missing; {Rule} ({Description}).");

    /// <summary>The JSON schema of its value, with description and default.</summary>
    /// <param name="defaults">Options as they are where nothing is given.</param>
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
