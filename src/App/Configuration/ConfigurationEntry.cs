using System.Text.Json.Nodes;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>
/// A key that a configuration may have: how it is read, how the schema describes it, and how it is written.
/// A <see cref="ConfigurationSection"/> is an entry with nested keys; <see cref="Settings.Root"/> is the whole configuration.
/// </summary>
/// <param name="Key">The full key: <c>Training:Epochs</c>.</param>
internal abstract record ConfigurationEntry(string Key)
{
    /// <summary>Whether a written configuration includes it.</summary>
    /// <param name="run">The configuration.</param>
    public virtual bool IsWritten(RunConfiguration run) => true;

    /// <summary>Reads the given node and reports any errors.</summary>
    /// <param name="run">The configuration so far.</param>
    /// <param name="given">The node given at the key.</param>
    /// <param name="failures">Receives the errors.</param>
    /// <returns>The configuration including the new value.</returns>
    public abstract RunConfiguration Read(RunConfiguration run, ConfigurationNode given, ICollection<Failure> failures);

    /// <summary>The JSON schema of the allowed values.</summary>
    public abstract JsonObject Schema();

    /// <summary>The value that a configuration has here, in the form in which it is read.</summary>
    /// <param name="run">The configuration.</param>
    public abstract JsonNode? Write(RunConfiguration run);

    /// <summary>The options of a layer or of another type as keys and text: a list is joined by commas, <c>null</c> is left out.</summary>
    /// <param name="key">The key of the node.</param>
    /// <param name="given">The node.</param>
    /// <param name="failures">Receives the errors.</param>
    protected static Dictionary<string, string> Values(string key, ConfigurationNode given, ICollection<Failure> failures)
    {
        Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, ConfigurationNode node) in given.Nodes)
        {
            // A list's elements are named 0, 1, 2; if they are given by index, they may come in any order.
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
