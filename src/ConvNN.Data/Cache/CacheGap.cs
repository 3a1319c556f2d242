using ConvNN.Data.Idx;

namespace ConvNN.Data.Cache;

/// <summary>A file that the cache lacks.</summary>
/// <param name="File">Its position in <see cref="DatasetFiles.Names"/>.</param>
/// <param name="Damage">What is wrong with the one that is there, as a line; null if there is none.</param>
internal sealed record CacheGap(int File, string? Damage);
