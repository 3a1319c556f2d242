namespace ConvNN.Data.Download;

/// <summary>Counts what has arrived of a dataset, and reports it.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="missing">The files to fetch.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class DownloadTally(PublishedDataset dataset, IReadOnlyList<int> missing, IProgress<DownloadProgress>? progress)
{
    private readonly List<int> _missing = [.. missing];
    private long _bytes;

    /// <summary>The files that have not arrived yet.</summary>
    public IReadOnlyList<int> Missing => _missing;

    /// <summary>Bytes to fetch, as published.</summary>
    public long TotalBytes { get; } = missing.Sum(file => dataset.Files[file].CompressedLength);

    /// <summary>Reports that a mirror has sent so many bytes of the file in hand.</summary>
    public void Report(Uri mirror, long bytes) => progress?.Report(new DownloadProgress(dataset.Name, _bytes + bytes, TotalBytes, mirror.Authority));

    /// <summary>Reports something worth a line.</summary>
    public void Say(string notice) => progress?.Report(new DownloadProgress(dataset.Name, _bytes, TotalBytes, Notice: notice));

    /// <summary>Notes that a file has arrived whole; a mirror's copy of it may have been shorter than the published one.</summary>
    public void Add(Uri mirror, int file)
    {
        _missing.Remove(file);
        _bytes += dataset.Files[file].CompressedLength;
        progress?.Report(new DownloadProgress(dataset.Name, _bytes, TotalBytes, mirror.Authority, IsComplete: _missing.Count == 0));
    }
}
