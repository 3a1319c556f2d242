using ConvNN.Data.Idx;

namespace ConvNN.Data;

/// <summary>A file of a dataset whose bytes are known.</summary>
/// <param name="Name">Its name in the cache.</param>
/// <param name="Sha256">SHA-256 of the file there, in lower-case hexadecimal.</param>
/// <param name="Length">Size of the file there in bytes.</param>
/// <param name="CompressedLength">Size in bytes of the <c>.gz</c> file as published, copies of which may be smaller; null if mirrors have the file as it is.</param>
public sealed record PublishedFile(string Name, string Sha256, long Length, long? CompressedLength = null)
{
    /// <summary>Whether mirrors have it as a <c>.gz</c> file, which is decoded when it has arrived.</summary>
    public bool IsCompressed => CompressedLength is not null;

    /// <summary>Its name on a mirror.</summary>
    public string MirrorName => IsCompressed ? Name + DatasetFiles.Compressed : Name;

    /// <summary>Maximum number of bytes that a mirror sends.</summary>
    public long MirrorLength => CompressedLength ?? Length;
}
