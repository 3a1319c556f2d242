using ConvNN.Data.Cache;
using ConvNN.Files;

namespace ConvNN.Data.Download;

/// <summary>
/// Fetches what is missing in the cache of a dataset: tries each mirror once, in turn, until every file is there with the
/// published bytes.
/// </summary>
internal sealed class DatasetDownload
{
    private readonly PublishedDataset _dataset;
    private readonly CachedFiles _cached;
    private readonly IReadOnlyList<Uri> _mirrors;
    private readonly bool _isAllowed;
    private readonly DownloadTimeouts _timeouts;
    private readonly TimeProvider _time;

    /// <summary>Prepares to fetch a dataset.</summary>
    /// <param name="dataset">The dataset; it has mirrors.</param>
    /// <param name="options">Where to download from, and where the cache is.</param>
    /// <param name="timeouts">How long to wait for a mirror; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="CacheException">There is no cache.</exception>
    public DatasetDownload(PublishedDataset dataset, DatasetOptions options, DownloadTimeouts? timeouts = null, TimeProvider? time = null)
    {
        _dataset = dataset;
        _mirrors = options.Mirror is { } mirror ? [new Uri(AsFolder(mirror), dataset.Name + "/")] : dataset.Mirrors;
        _isAllowed = options.Download;
        _timeouts = timeouts ?? DownloadTimeouts.Default;
        _time = time ?? TimeProvider.System;
        Folder = DatasetCache.FolderOf(dataset, options);
        _cached = new CachedFiles(dataset, Folder);
    }

    /// <summary>The dataset's folder in the cache.</summary>
    public string Folder { get; }

    private string ByHand =>
        _dataset.Files is [{ } only]
            ? $"By hand: put {new Uri(_dataset.Mirrors[0], only.MirrorName)} into {Folder}, or name the folder that has it with Data:Directory (--data-dir)."
            : $"By hand: put the four .gz files of {_dataset.Mirrors[0]} into {Folder}, or name the folder that has them with Data:Directory (--data-dir).";

    /// <summary>Fetches the files that are missing or damaged.</summary>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellationToken">Cancels; what has arrived is kept, and the next run resumes there.</param>
    /// <returns>The total size of the fetched files, as published; 0 if all were there.</returns>
    /// <exception cref="DownloadException">No mirror has them all, or downloads are not allowed.</exception>
    /// <exception cref="CacheException">They cannot be written.</exception>
    /// <exception cref="DownloadStoppedException">The token was cancelled.</exception>
    public async Task<long> RunAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        IReadOnlyList<CacheGap> gaps = await _cached.GapsAsync(cancellationToken);
        if (gaps.Count == 0)
        {
            return 0;
        }

        if (!_isAllowed)
        {
            string damage = string.Concat(gaps.Select(gap => gap.Damage).OfType<string>().Select(text => $" ({text})"));
            throw new DownloadException($"{_dataset.Name} is not {(damage.Length > 0 ? "intact " : "")}in {Folder}{damage}, and Data:Download is false. {ByHand}");
        }

        try
        {
            using IDisposable held = await CacheLock.TakeAsync(Folder, () => SayWaiting(progress), _time, cancellationToken);
            CacheException.Guard(Folder, () => AtomicFile.RemoveStrays(Folder));
            gaps = await _cached.GapsAsync(cancellationToken);     // another process may have fetched them in the meantime
            DownloadTally tally = new(_dataset, [.. gaps.Select(gap => gap.File)], progress);
            foreach (string damage in gaps.Select(gap => gap.Damage).OfType<string>())
            {
                tally.Say($"downloading again: {damage}");
            }

            await AskMirrorsAsync(tally, cancellationToken);
            return tally.TotalBytes;
        }
        catch (OperationCanceledException e)
        {
            throw new DownloadStoppedException($"{_dataset.Name} is incomplete; the next run resumes from the files in {Folder}.", e, cancellationToken);
        }
    }

    private static Uri AsFolder(Uri address) => address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");

    private Uri AddressOf(Uri mirror, int file) => new(mirror, _dataset.Files[file].MirrorName);

    private async Task AskMirrorsAsync(DownloadTally tally, CancellationToken cancellationToken)
    {
        using MirrorClient client = new(_timeouts, _time);
        List<string> failures = [];

        // A partial file can only be resumed from the mirror that it came from.
        foreach (Uri mirror in _mirrors.OrderByDescending(mirror => tally.Missing.Any(file => PartialFile.IsFrom(ArrivingPathOf(file), AddressOf(mirror, file)))))
        {
            try
            {
                while (tally.Missing is [int file, ..])
                {
                    tally.Report(mirror, 0);
                    await FetchAsync(client, mirror, file, tally, cancellationToken);
                    tally.Add(mirror, file);
                }

                return;
            }
            catch (MirrorException e)
            {
                failures.Add($"{mirror.Authority} {e.Message}");
                tally.Say(failures[^1]);
            }
        }

        if (tally.Missing.Count > 0)
        {
            string kept = tally.Missing.Any(file => PartialFile.IsThere(ArrivingPathOf(file))) ? "What has arrived is kept, and the next run resumes there. " : "";
            throw new DownloadException($"{_dataset.Name} cannot be downloaded: {string.Join("; ", failures)}. {kept}{ByHand}");
        }
    }

    private async Task FetchAsync(MirrorClient client, Uri mirror, int file, DownloadTally tally, CancellationToken cancellationToken)
    {
        PublishedFile published = _dataset.Files[file];
        for (bool isWhole = false; !isWhole;)
        {
            using PartialFile part = PartialFile.Open(ArrivingPathOf(file), published.MirrorLength);
            bool isResumed = await client.FetchAsync(
                AddressOf(mirror, file), part, published.MirrorLength, bytes => tally.Report(mirror, bytes), cancellationToken);
            try
            {
                DecodedFile.Write(part.Read(), _cached.PathOf(file), published);
                part.Discard();
                isWhole = true;
            }
            catch (MirrorException)
            {
                part.Discard();

                // An earlier part may be to blame: then the file is requested once more, from the start.
                if (!isResumed)
                {
                    throw;
                }
            }
        }
    }

    private void SayWaiting(IProgress<DownloadProgress>? progress) =>
        progress?.Report(new DownloadProgress(_dataset.Name, 0, 0, Notice: $"another process is downloading {_dataset.Name}; waiting for it"));

    private string ArrivingPathOf(int file) => Path.Combine(Folder, _dataset.Files[file].MirrorName);
}
