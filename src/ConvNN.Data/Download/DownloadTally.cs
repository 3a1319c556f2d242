namespace ConvNN.Data.Download;

/// <summary>Counts what has arrived of a dataset, and reports progress.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="missing">The files to fetch.</param>
/// <param name="progress">Receives the progress.</param>
internal sealed class DownloadTally(PublishedDataset dataset, IReadOnlyList<int> missing, IProgress<DownloadProgress>? progress)
{
    private readonly List<int> _missing = [.. missing];
    private long _bytes;

    /// <summary>The files that have not arrived yet.</summary>
    public IReadOnlyList<int> Missing => _missing;

    /// <summary>Number of bytes to fetch, as published.</summary>
    public long TotalBytes { get; } = missing.Sum(file => dataset.Files[file].MirrorLength);

    /// <summary>Reports how many bytes of the current file a mirror has sent.</summary>
    public void Report(Uri mirror, long bytes) => progress?.Report(new DownloadProgress(dataset.Name, _bytes + bytes, TotalBytes, mirror.Authority));

    /// <summary>Reports a notice.</summary>
    public void Say(string notice) => progress?.Report(new DownloadProgress(dataset.Name, _bytes, TotalBytes, Notice: notice));

    /// <summary>Records that a file has arrived completely; a mirror's copy may be shorter than the published file.</summary>
    public void Add(Uri mirror, int file)
    {
        _missing.Remove(file);
        _bytes += dataset.Files[file].MirrorLength;
        progress?.Report(new DownloadProgress(dataset.Name, _bytes, TotalBytes, mirror.Authority, IsComplete: _missing.Count == 0));
    }
}
