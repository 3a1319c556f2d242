namespace ConvNN.Data.Cache;

/// <summary>What the cache has of a dataset.</summary>
public enum CacheState
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>Some of its files, or a part of one.</summary>
    InPart,

    /// <summary>A file that is not what was published.</summary>
    Damaged,

    /// <summary>All of its files, with the published bytes.</summary>
    Whole,

    /// <summary>It is part of the program and needs no cache.</summary>
    Embedded,
}
