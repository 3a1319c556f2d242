namespace ConvNN.App.Commands.Bench;

/// <summary>What <c>convnn bench</c> is asked for beyond its configuration.</summary>
/// <param name="IsJson">Whether to print one JSON document in place of tables.</param>
/// <param name="IsQuick">Whether a few seconds must do.</param>
/// <param name="HasFile">Whether a configuration file was named, so that its network alone is meant.</param>
internal sealed record BenchRequest(bool IsJson, bool IsQuick, bool HasFile);
