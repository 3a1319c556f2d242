namespace ConvNN.Data.Cache;

/// <summary>A dataset and its state in the cache.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Folder">Its folder in the cache, which need not exist; null if it is embedded.</param>
/// <param name="State">Which files are there.</param>
/// <param name="Bytes">Size of its folder in bytes.</param>
/// <param name="MissingBytes">Number of bytes that a download would fetch, as published.</param>
/// <param name="Damage">One line for each file that differs from the published one.</param>
public sealed record CachedDataset(
    PublishedDataset Dataset, string? Folder, CacheState State, long Bytes, long MissingBytes, IReadOnlyList<string> Damage);
