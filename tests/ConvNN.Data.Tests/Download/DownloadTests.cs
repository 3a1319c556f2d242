using ConvNN.Data.Cache;
using ConvNN.Data.Download;
using ConvNN.Data.Idx;

namespace ConvNN.Data.Tests.Download;

/// <summary>What tests of downloads share: a cache of their own, and what was reported.</summary>
public abstract class DownloadTests : IDisposable, IProgress<DownloadProgress>
{
    private protected static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _folder = new();
    private readonly Lock _gate = new();
    private readonly List<DownloadProgress> _reports = [];

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The cache, which need not exist.</summary>
    private protected string Cache => _folder.File("cache");

    /// <summary>The dataset's folder in the cache.</summary>
    private protected string Folder => Path.Combine(Cache, "tiny");

    /// <summary>The first file's part.</summary>
    private protected string Part => PathOf(TinyDataset.First + ".part");

    private protected string ByHand =>
        $"By hand: put the four .gz files of {{0}} into {Folder}, or name the folder that has them with Data:Directory (--data-dir).";

    private protected IReadOnlyList<string> Notices => [.. Reports.Select(report => report.Notice).OfType<string>()];

    private protected IReadOnlyList<DownloadProgress> Reports
    {
        get
        {
            lock (_gate)
            {
                return [.. _reports];
            }
        }
    }

    /// <summary>Called with each report, on the thread that makes it.</summary>
    private protected Action<DownloadProgress>? OnReport { get; set; }

    public void Report(DownloadProgress value)
    {
        lock (_gate)
        {
            _reports.Add(value);
        }

        OnReport?.Invoke(value);
    }

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected string PathOf(string file) => Path.Combine(Folder, file);

    private protected string TemporaryPath(string file) => _folder.File(file);

    private protected Task<long> FetchAsync(params Uri[] mirrors) => FetchAsync(mirrors, Long);

    private protected Task<long> FetchAsync(
        Uri[] mirrors, TimeSpan read, TimeProvider? time = null, TimeSpan? connect = null, CancellationToken? stop = null, DatasetOptions? options = null) =>
        new DatasetDownload(
            TinyDataset.From(mirrors),
            (options ?? new DatasetOptions()) with { CacheDirectory = options?.CacheDirectory ?? Cache },
            new DownloadTimeouts(connect ?? Long, read),
            time).RunAsync(this, stop ?? Token);

    /// <summary>The line of a download that must fail.</summary>
    private protected static async Task<string> FailureAsync(Task<long> fetching) =>
        (await Assert.ThrowsAsync<DownloadException>(() => fetching)).Message;

    /// <summary>The line with which a download from one mirror fails.</summary>
    private protected string Line(Uri mirror, string reason) =>
        $"tiny cannot be downloaded: {mirror.Authority} {reason}. {ByHand.Replace("{0}", mirror.AbsoluteUri, StringComparison.Ordinal)}";

    /// <summary>Asserts that the cache has the dataset and nothing else but its lock.</summary>
    private protected void AssertWhole()
    {
        Assert.Equal([".lock", .. DatasetFiles.Names.Order(StringComparer.Ordinal)], FilesInCache());
        Assert.All(DatasetFiles.Names.Index(), file => Assert.Equal(TinyDataset.Decoded[file.Index], File.ReadAllBytes(PathOf(file.Item))));
    }

    /// <summary>The names of what is in the dataset's folder.</summary>
    private protected string[] FilesInCache() =>
        [.. Directory.GetFileSystemEntries(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
