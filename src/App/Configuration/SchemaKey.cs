using System.Text.Json.Nodes;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary><c>$schema</c>: where editors find the schema of a file. The program ignores it.</summary>
internal sealed record SchemaKey() : ConfigurationEntry(Path)
{
    /// <summary>The key.</summary>
    public const string Path = "$schema";

    /// <inheritdoc/>
    public override bool IsWritten(RunConfiguration run) => false;

    /// <inheritdoc/>
    public override RunConfiguration Read(RunConfiguration run, ConfigurationNode given, ICollection<Failure> failures) => run;

    /// <inheritdoc/>
    public override JsonObject Schema() => new() { ["type"] = "string", ["description"] = "where editors find this schema" };

    /// <inheritdoc/>
    public override JsonNode? Write(RunConfiguration run) => null;
}
