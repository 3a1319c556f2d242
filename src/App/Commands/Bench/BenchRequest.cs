namespace ConvNN.App.Commands.Bench;

/// <summary>The arguments of <c>convnn bench</c> beyond its configuration.</summary>
/// <param name="IsJson">Whether to print one JSON document instead of tables.</param>
/// <param name="IsQuick">Whether to measure for only a few seconds.</param>
/// <param name="HasFile">Whether a configuration file was named, so that only its network is measured.</param>
internal sealed record BenchRequest(bool IsJson, bool IsQuick, bool HasFile);
