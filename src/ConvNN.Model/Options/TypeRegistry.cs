namespace ConvNN.Model.Options;

/// <summary>The types that a section of the configuration can choose from.</summary>
/// <typeparam name="TOptions">What is registered.</typeparam>
/// <param name="path">Where the section stands: <c>Training:Optimizer</c>.</param>
/// <param name="noun">What it chooses, for messages: <c>optimizer</c>.</param>
/// <param name="types">The types, in the order in which help and schema list them; without a type the first is meant.</param>
public sealed class TypeRegistry<TOptions>(string path, string noun, params IReadOnlyList<TypeDefinition<TOptions>> types)
    where TOptions : TypedOptions
{
    private const string TypeKey = "Type";

    /// <summary>Where the section stands.</summary>
    public string Path => path;

    /// <summary>The types.</summary>
    public IReadOnlyList<TypeDefinition<TOptions>> Types => types;

    /// <summary>Reads a section; every failure is added to <paramref name="failures"/>.</summary>
    /// <param name="section">Its keys and values, <c>Type</c> among them.</param>
    /// <param name="failures">Receives a sentence per failure.</param>
    /// <returns>The options; null when they are wrong.</returns>
    public TOptions? Read(IReadOnlyDictionary<string, string> section, ICollection<string> failures)
    {
        Dictionary<string, string> values = new(section, StringComparer.OrdinalIgnoreCase);
        TypeDefinition<TOptions>? type = values.Remove(TypeKey, out string? name) ? Definition(name) : types[0];
        if (type is null)
        {
            failures.Add(Complaint(name));
            return null;
        }

        int before = failures.Count;
        OptionValues options = OptionValues.Read(path, values, type.Options, failures, TypeKey);
        return failures.Count == before ? type.Create(options) : null;
    }

    /// <summary>The type of a name, with all options at their defaults.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <exception cref="ConfigurationException">Nothing has the name, or it cannot do without options.</exception>
    public TOptions Find(string name)
    {
        List<string> failures = [];
        return Read(new Dictionary<string, string> { [TypeKey] = name }, failures) ?? throw new ConfigurationException(failures);
    }

    private TypeDefinition<TOptions>? Definition(string name) => types.FirstOrDefault(type => string.Equals(type.Name, name.Trim(), StringComparison.OrdinalIgnoreCase));

    private string Complaint(string? name) =>
        $"{path}:{TypeKey} is {ShownValue.Of(name)}, which is no {noun}; {NearestName.Hint(name ?? "", types.Select(type => type.Name))}";
}
