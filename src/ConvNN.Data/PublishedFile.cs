namespace ConvNN.Data;

/// <summary>A file of a dataset whose bytes are known.</summary>
/// <param name="Sha256">SHA-256 of the decoded file, in lower-case hexadecimal.</param>
/// <param name="Length">Size of the decoded file in bytes.</param>
/// <param name="CompressedLength">Size in bytes of the <c>.gz</c> file as published; copies of it may be smaller.</param>
public sealed record PublishedFile(string Sha256, long Length, long CompressedLength);
