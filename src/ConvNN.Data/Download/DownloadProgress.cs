namespace ConvNN.Data.Download;

/// <summary>The progress of a download.</summary>
/// <param name="Dataset">The dataset's name.</param>
/// <param name="Bytes">Number of compressed bytes that have arrived.</param>
/// <param name="TotalBytes">Number of compressed bytes to fetch, as published.</param>
/// <param name="Mirror">The host that sends them; null if there is none yet.</param>
/// <param name="Notice">A notice to show on its own line, such as a mirror that failed; null if only bytes have arrived.</param>
/// <param name="IsComplete">Whether all files are there and checked.</param>
public sealed record DownloadProgress(
    string Dataset, long Bytes, long TotalBytes, string? Mirror = null, string? Notice = null, bool IsComplete = false);
