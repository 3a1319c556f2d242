namespace ConvNN.Data.Cache;

/// <summary>A file that is missing from the cache or damaged.</summary>
/// <param name="File">Its position in <see cref="PublishedDataset.Files"/>.</param>
/// <param name="Damage">One line on what is wrong with the file; null if it is missing.</param>
internal sealed record CacheGap(int File, string? Damage);
