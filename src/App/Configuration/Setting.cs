using System.Text.Json.Nodes;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>A key with an <see cref="Option"/>: a value, or a section with a type and its options.</summary>
/// <param name="Key">The full key.</param>
/// <param name="Option">Its declaration: allowed values, meaning, and the property of the options class that holds the value.</param>
/// <param name="Get">Gets the options object from a configuration.</param>
/// <param name="Set">Returns the configuration with another options object.</param>
internal sealed record Setting(string Key, Option Option, Func<RunConfiguration, object> Get, Func<RunConfiguration, object, RunConfiguration> Set)
    : ConfigurationEntry(Key)
{
    private static readonly RunConfiguration Defaults = new();

    /// <summary>Its meaning in a few words, for the help and for editors.</summary>
    public string Description => Option.Description;

    /// <summary>Whether it is a section with a type and its options.</summary>
    public bool IsSection => Option.Types is not null;

    /// <summary>Its names on the command line; empty if it has no option.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The value of its option where it is given without one; null if it needs one.</summary>
    public string? Implied { get; init; }

    /// <summary>The placeholder for the value in the help of its option.</summary>
    public string ValueName { get; init; } = "N";

    /// <inheritdoc/>
    public override RunConfiguration Read(RunConfiguration run, ConfigurationNode given, ICollection<Failure> failures)
    {
        if (Option.Types is { } types)
        {
            return Set(run, types.Read(Get(run), Values(Key, given, failures), failures));
        }

        if (given.Nodes.Count > 0)
        {
            failures.Add(Failure.At(Key, $"holds a list or a section; {Option.Rule}."));
        }
        else if (given.Text is { } text)
        {
            if (!given.IsEmptyContainer && Option.Read(Get(run), text) is { } options)
            {
                return Set(run, options);
            }

            failures.Add(Option.Refuse(Key, text));
        }

        return run;
    }

    /// <inheritdoc/>
    public override JsonObject Schema() => Option.Schema(Get(Defaults));

    /// <inheritdoc/>
    public override bool IsWritten(RunConfiguration run) => Option.IsWritten(Get(run));

    /// <inheritdoc/>
    public override JsonNode? Write(RunConfiguration run) => Option.Write(Get(run));
}
