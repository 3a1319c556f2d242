using System.Text.Json.Nodes;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>
/// A key that a configuration may have: how it is read, what the schema says of it, and how it is written.
/// <see cref="ConfigurationSection"/> is one with keys of its own; <see cref="Settings.Root"/> is the whole.
/// </summary>
/// <param name="Key">The whole key: <c>Training:Epochs</c>.</param>
internal abstract record ConfigurationEntry(string Key)
{
    /// <summary>Whether a written configuration has it.</summary>
    public virtual bool IsWritten => true;

    /// <summary>Reads what is given, and adds what is wrong to the failures.</summary>
    /// <param name="run">The configuration so far.</param>
    /// <param name="given">What is given at the key.</param>
    /// <param name="failures">Receives what is wrong.</param>
    /// <returns>The configuration with it.</returns>
    public abstract RunConfiguration Read(RunConfiguration run, ConfigurationNode given, ICollection<Failure> failures);

    /// <summary>The JSON schema of what may be given.</summary>
    public abstract JsonObject Schema();

    /// <summary>What a configuration has here, in the form in which it is read.</summary>
    /// <param name="run">The configuration.</param>
    public abstract JsonNode? Write(RunConfiguration run);

    /// <summary>The options of a layer or of another type as keys and text: a list is joined by commas, <c>null</c> is left out.</summary>
    /// <param name="key">The key of the node.</param>
    /// <param name="given">The node.</param>
    /// <param name="failures">Receives what is wrong.</param>
    protected static Dictionary<string, string> Values(string key, ConfigurationNode given, ICollection<Failure> failures)
    {
        Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, ConfigurationNode node) in given.Nodes)
        {
            // A list's elements are called 0, 1, 2; whoever gives one by its index may have begun with the last.
            if (node.Nodes.All(element => int.TryParse(element.Key, out _) && element.Value is { Text: not null, Nodes.Count: 0 }))
            {
                if ((node.Nodes.Count == 0 ? node.Text : string.Join(',', node.Nodes.OrderBy(element => int.Parse(element.Key, null)).Select(element => element.Value.Text))) is { } text)
                {
                    values[name] = text;
                }
            }
            else
            {
                failures.Add(Failure.At($"{key}:{name}", "holds a section; it must be a value or a list of values."));
            }
        }

        return values;
    }
}
