namespace ConvNN.Data.Cache;

/// <summary>The state of a dataset in the cache.</summary>
public enum CacheState
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>Some of its files, or part of one.</summary>
    InPart,

    /// <summary>At least one file differs from the published one.</summary>
    Damaged,

    /// <summary>All of its files, with the published bytes.</summary>
    Whole,

    /// <summary>It is part of the program and needs no cache.</summary>
    Embedded,
}
