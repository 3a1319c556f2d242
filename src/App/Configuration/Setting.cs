using System.Text.Json.Nodes;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>One key of the configuration: an <see cref="Option"/>, the section that it is in, and what it is called on the command line.</summary>
/// <param name="Key">The key: <c>Training:Epochs</c>.</param>
/// <param name="Option">What it holds, what it means, and where its value is in the section.</param>
/// <param name="Get">Takes the section out of a configuration.</param>
/// <param name="Set">The configuration with another section.</param>
internal sealed record Setting(string Key, Option Option, Func<RunConfiguration, object> Get, Func<RunConfiguration, object, RunConfiguration> Set)
{
    private static readonly RunConfiguration Defaults = new();

    /// <summary>What it means, in a few words: for the help and for editors.</summary>
    public string Description => Option.Description;

    /// <summary>What a value must be.</summary>
    public string Rule => Option.Rule;

    /// <summary>Whether it is a section with a type and its options.</summary>
    public bool IsSection => Option.Types is not null;

    /// <summary>Its names on the command line; none when it has no option.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>What stands for the value in the help on its option.</summary>
    public string ValueName { get; init; } = "N";

    /// <summary>The built-in default, as JSON.</summary>
    public JsonNode? Default => Read(Defaults);

    /// <summary>The value that a configuration has, as JSON that can be read again: numbers as numbers, <c>"auto"</c>, null.</summary>
    public JsonNode? Read(RunConfiguration run) => Option.Write(Get(run));

    /// <summary>Reads a value into a configuration; null when it is not allowed.</summary>
    public RunConfiguration? Apply(RunConfiguration run, string text) => Option.Read(Get(run), text) is { } section ? Set(run, section) : null;

    /// <summary>Reads a section with a type into a configuration, and adds what is wrong to the failures.</summary>
    public RunConfiguration ApplySection(RunConfiguration run, IReadOnlyDictionary<string, string> values, ICollection<Failure> failures) =>
        Set(run, Option.Types!.Read(Get(run), values, failures));

    /// <summary>What is wrong with a value that is not allowed.</summary>
    public Failure Refuse(string text) => Option.Refuse(Key, text);

    /// <summary>The JSON schema of the value, with description and default.</summary>
    public JsonObject Schema() => Option.Schema(Get(Defaults));
}
