namespace ConvNN.Data.Cache;

/// <summary>A dataset, and what the cache has of it.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Folder">Its folder in the cache, which need not exist; null if it is embedded.</param>
/// <param name="State">What is there.</param>
/// <param name="Bytes">Bytes that its folder takes.</param>
/// <param name="MissingBytes">Bytes that a download would fetch, compressed as published.</param>
/// <param name="Damage">A line for each file that is not what was published.</param>
public sealed record CachedDataset(
    PublishedDataset Dataset, string? Folder, CacheState State, long Bytes, long MissingBytes, IReadOnlyList<string> Damage);
