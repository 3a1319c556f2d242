using System.Text.Json.Nodes;

namespace ConvNN.Model.Options;

/// <summary>
/// The types that a section of the configuration can choose from. A program adds its own with <see cref="Add"/> before it reads a
/// configuration: from then on they are known to files, the command line, the schema, checkpoints and model files.
/// </summary>
/// <typeparam name="TOptions">What is registered.</typeparam>
/// <param name="path">Where the section is: <c>Training:Optimizer</c>.</param>
/// <param name="noun">What is chosen, for messages: <c>optimizer</c>.</param>
/// <param name="types">The types, in the order in which help and schema list them.</param>
public sealed class TypeRegistry<TOptions>(string path, string noun, params IReadOnlyList<TypeDefinition<TOptions>> types)
    where TOptions : TypedOptions
{
    private const string TypeKey = TypeDefinition.TypeKey;

    private readonly Lock _gate = new();
    private volatile IReadOnlyList<TypeDefinition<TOptions>> _types = types;

    /// <summary>Where the section is.</summary>
    public string Path => path;

    /// <summary>The types; the first is the default.</summary>
    public IReadOnlyList<TypeDefinition<TOptions>> Types => _types;

    /// <summary>The names of the types.</summary>
    public IReadOnlyList<string> Names => [.. _types.Select(type => type.Name)];

    /// <summary>Adds a type.</summary>
    /// <param name="type">The type.</param>
    /// <exception cref="ArgumentException">Another type has its name.</exception>
    public void Add(TypeDefinition<TOptions> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        lock (_gate)
        {
            if (Definition(type.Name) is { } other)
            {
                throw new ArgumentException($"{noun} '{other.Name}' is already registered.", nameof(type));
            }

            _types = [.. _types, type];
        }
    }

    /// <summary>Finds a type by name, ignoring case; null if there is none.</summary>
    /// <param name="name">The name.</param>
    public TypeDefinition<TOptions>? Definition(string name) =>
        _types.FirstOrDefault(type => string.Equals(type.Name, name.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>Creates the options of a type by name, with all defaults.</summary>
    /// <param name="name">The name; case is ignored.</param>
    /// <exception cref="ConfigurationException">The name is unknown, or the type has required options.</exception>
    public TOptions Find(string name)
    {
        List<Failure> failures = [];
        return Read(path, new Dictionary<string, string> { [TypeKey] = name }, failures) ?? throw new ConfigurationException(failures);
    }

    /// <summary>The JSON schema of what a section allows: a name alone, or a type with its options; the first type is the default.</summary>
    public JsonObject Schema()
    {
        JsonObject schema = TypeNames();
        schema["anyOf"]!.AsArray().Add((JsonNode)SectionSchema(isTypeRequired: false));
        return schema;
    }

    /// <summary>
    /// The JSON schema of a type with its options. Editors offer every type, and then the keys of the one that is given: a list
    /// of whole sections would leave out each type whose required keys are not there yet.
    /// </summary>
    /// <param name="isTypeRequired">Whether the type must be given; if not, the first type is the default.</param>
    public JsonObject SectionSchema(bool isTypeRequired)
    {
        JsonObject type = TypeNames();
        type["description"] = $"which {noun} it is; the other keys are its options";
        JsonObject schema = new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { [TypeKey] = type },
            ["allOf"] = new JsonArray([.. _types.Select((type, index) => new JsonObject
            {
                ["if"] = Requiring(isTypeRequired || index > 0, new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject { [TypeKey] = WordSchema.AnyCase(type.Name) },
                }),
                ["then"] = type.Schema(),
            })]),
        };
        return Requiring(isTypeRequired, schema);
    }

    /// <summary>Reads a section; every failure is added to <paramref name="failures"/>.</summary>
    /// <param name="at">Where the section is, for messages.</param>
    /// <param name="section">Its keys and values as text, including <c>Type</c>; list elements are joined by commas.</param>
    /// <param name="failures">Receives what is wrong.</param>
    /// <param name="isTypeRequired">Whether the type must be given; if not, the first type is the default.</param>
    /// <returns>The options; null if there are failures.</returns>
    public TOptions? Read(string at, IReadOnlyDictionary<string, string> section, ICollection<Failure> failures, bool isTypeRequired = false)
    {
        Dictionary<string, string> values = new(section, StringComparer.OrdinalIgnoreCase);
        string key = $"{at}:{TypeKey}";
        if (!values.Remove(TypeKey, out string? name) && isTypeRequired)
        {
            failures.Add(Failure.At(key, $"is missing; it must name a known {noun}: {string.Join(", ", Names)}."));
            return null;
        }

        TypeDefinition<TOptions>? type = name is null ? _types[0] : Definition(name);
        if (type is null)
        {
            failures.Add(Failure.At(key, $"is {ShownValue.Of(name)}, which is not a known {noun}; {NearestName.Hint(name!, Names)}"));
            return null;
        }

        int before = failures.Count;
        TOptions options = type.CreateDefault();
        foreach ((string option, string text) in values)
        {
            if (type.Options.FirstOrDefault(known => string.Equals(known.Name, option, StringComparison.OrdinalIgnoreCase)) is not { } declared)
            {
                string[] others = [.. _types.Where(other => other.Options.Any(known => string.Equals(known.Name, option, StringComparison.OrdinalIgnoreCase))).Select(other => other.Name)];
                failures.Add(Failure.At($"{at}:{option}", others.Length > 0
                    ? $"is an option of {string.Join(", ", others)}, not of {type.Name}; set {key} to {(others.Length == 1 ? "that" : "one of them")}, or leave it out."
                    : $"is not known; {NearestName.Hint(option, [.. type.Options.Select(known => known.Name), TypeKey])}"));
            }
            else if (declared.Read(options, text) is { } read)
            {
                options = read;
            }
            else
            {
                failures.Add(declared.Refuse($"{at}:{declared.Name}", text));
            }
        }

        foreach (Option missing in type.Options.Where(option => option.IsRequired && !values.ContainsKey(option.Name)))
        {
            failures.Add(missing.Missing($"{at}:{missing.Name}"));
        }

        return failures.Count == before ? options : null;
    }

    private static JsonObject Requiring(bool isTypeRequired, JsonObject schema)
    {
        if (isTypeRequired)
        {
            schema["required"] = new JsonArray(TypeKey);
        }

        return schema;
    }

    private JsonObject TypeNames() => WordSchema.OneOf(Names, [.. _types.Select(type => type.Description)]);
}
