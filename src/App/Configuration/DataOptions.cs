using ConvNN.Data.Cache;

namespace ConvNN.App.Configuration;

/// <summary>What is trained on: section <c>Data</c> of the configuration.</summary>
internal sealed record DataOptions : DatasetOptions
{
    /// <summary>How many training images are used, from the first on; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>How many of them are kept apart for validation: a share below 1, or a number of images; null for none.</summary>
    public double? Validation { get; init; }
}
