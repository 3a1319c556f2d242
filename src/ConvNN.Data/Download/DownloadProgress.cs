namespace ConvNN.Data.Download;

/// <summary>How far a download is.</summary>
/// <param name="Dataset">The dataset's name.</param>
/// <param name="Bytes">Compressed bytes of it that have arrived.</param>
/// <param name="TotalBytes">Compressed bytes to fetch, as published.</param>
/// <param name="Mirror">The host that sends them; null before there is one.</param>
/// <param name="Notice">Something worth a line of its own, such as a mirror that has failed; null if it is only bytes.</param>
/// <param name="IsComplete">Whether all files are there and checked.</param>
public sealed record DownloadProgress(
    string Dataset, long Bytes, long TotalBytes, string? Mirror = null, string? Notice = null, bool IsComplete = false);
