namespace ConvNN.App.Configuration;

/// <summary>What is trained on: section <c>Data</c> of the configuration.</summary>
internal sealed record DataOptions
{
    /// <summary>A folder with the four IDX files of a dataset; null for the embedded sample.</summary>
    public string? Directory { get; init; }

    /// <summary>How many training images are used, from the first on; null for all.</summary>
    public int? Limit { get; init; }
}
