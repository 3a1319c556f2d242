namespace ConvNN.App.Configuration;

/// <summary>What is written: section <c>Output</c> of the configuration.</summary>
internal sealed record OutputOptions
{
    /// <summary>The run's folder; null for a new one, <c>runs/&lt;yyyyMMdd-HHmmss&gt;-&lt;Name&gt;</c>.</summary>
    public string? Directory { get; init; }
}
