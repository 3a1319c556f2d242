using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Download;
using ConvNN.Data.Files;
using ConvNN.Model;

namespace ConvNN.Data.Tests.Download;

/// <summary>A dataset that is one archive: what is different from four files.</summary>
public sealed class ArchiveDownloadTests : IDisposable, IProgress<DownloadProgress>
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notices = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_folder.File("cache"), "cifar-10");

    private string Archive => Path.Combine(Folder, TinyCifar.Name);

    public void Dispose() => _folder.Dispose();

    void IProgress<DownloadProgress>.Report(DownloadProgress value)
    {
        if (value.Notice is { } notice)
        {
            lock (_notices)
            {
                _notices.Add(notice);
            }
        }
    }

    [Fact]
    public async Task LoadAsync_EmptyCache_FetchesTheArchiveOnceAndReadsItThere()
    {
        await using LoopbackServer server = TinyCifar.Serve();

        DatasetPair data = await LoadAsync(TinyCifar.From(server.Address));
        DatasetPair again = await LoadAsync(TinyCifar.From(server.Address));

        Assert.Equal(("cifar-10", true, Folder), (data.Name, data.IsAsPublished, data.Source));
        Assert.Equal((Shape.Image(3, 32, 32), 10, 2, 10), (data.Train.Shape, data.Train.Count, data.Test.Count, data.Train.Classes));
        Assert.Equal([0, 9, 1, 9, 2, 9, 3, 9, 4, 9], Enumerable.Range(0, 10).Select(i => (int)data.Train.Label(i)));
        Assert.Equal((51, 52, 53), (data.Test.Image(1)[0], data.Test.Image(1)[1024], data.Test.Image(1)[2048]));
        Assert.Equal(("airplane", "truck"), (data.ClassNames![0], data.ClassNames[9]));
        Assert.Equal(data.Train.ImagesSha256, again.Train.ImagesSha256);
        Assert.Equal($"/{TinyCifar.Name}", Assert.Single(server.Requests).Path);
        Assert.Equal([".lock", TinyCifar.Name], Directory.GetFileSystemEntries(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cifar-10")]
    public async Task LoadAsync_ArchivePutIntoAFolderByHand_IsRead(string below)
    {
        Directory.CreateDirectory(_folder.File(below));
        _folder.File(Path.Combine(below, TinyCifar.Name), TinyCifar.Archive);

        DatasetPair data = await LoadAsync(TinyCifar.From(LoopbackServer.Nobody()), new DatasetOptions { Dataset = "cifar-10", Directory = _folder.Path });

        Assert.Equal(("cifar-10", true, 10), (data.Name, data.IsAsPublished, data.Train.Count));
    }

    [Fact]
    public async Task LoadAsync_ArchivePutIntoTheCacheByHand_IsRead()
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllBytesAsync(Archive, TinyCifar.Archive, Token);

        Assert.Equal(10, (await LoadAsync(TinyCifar.From(LoopbackServer.Nobody()))).Train.Count);
    }

    [Fact]
    public async Task LoadAsync_OtherArchive_IsTakenByFolderButNotByName()
    {
        _folder.File(TinyCifar.Name, TinyCifar.Archive);

        DatasetPair data = await DatasetCatalog.LoadAsync(new DatasetOptions { Directory = _folder.Path }, cancellationToken: Token);
        DatasetException refused = await Assert.ThrowsAsync<DatasetException>(
            () => DatasetCatalog.LoadAsync(new DatasetOptions { Dataset = "cifar-10", Directory = _folder.Path }, cancellationToken: Token));

        Assert.Equal((Path.GetFileName(_folder.Path), false), (data.Name, data.IsAsPublished));
        Assert.StartsWith($"{_folder.Path}: contains different files, but Data:Dataset is cifar-10; ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_SeveralAtOnce_FetchOnce()
    {
        await using LoopbackServer server = TinyCifar.Serve();

        DatasetPair[] all = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => LoadAsync(TinyCifar.From(server.Address))));

        Assert.All(all, data => Assert.Equal(10, data.Train.Count));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task LoadAsync_BrokenOff_ResumesThere()
    {
        const int Sent = 200;
        await using LoopbackServer server = LoopbackServer.Start(async (request, answer) =>
        {
            if (request.Resumes.Range is null)
            {
                await answer.HeadAsync("200 OK", "ETag: \"v1\"", $"Content-Length: {TinyCifar.Archive.Length}");
                await answer.WriteAsync(TinyCifar.Archive.AsMemory(0, Sent));
                return;
            }

            await answer.FileAsync(request, TinyCifar.Archive, "v1");
        });

        string line = await FailureAsync(TinyCifar.From(server.Address));
        DatasetPair data = await LoadAsync(TinyCifar.From(server.Address));

        Assert.Equal(
            $"cifar-10 cannot be downloaded: {server.Address.Authority} broke off in the middle of the file. What has arrived is kept, and the next run resumes there. {ByHand(server.Address)}", line);
        Assert.Equal(10, data.Train.Count);
        Assert.Equal($"bytes={Sent}-", server.Requests[1].Resumes.Range);
    }

    [Fact]
    public async Task LoadAsync_FaultyMirror_IsOneLineAndTheNextIsAsked()
    {
        byte[] other = [.. TinyCifar.Archive[..^1], 77];
        await using LoopbackServer missing = LoopbackServer.Start((_, answer) => answer.WholeAsync([], "404 Not Found"));
        await using LoopbackServer wrong = LoopbackServer.Start((_, answer) => answer.WholeAsync(other));
        await using LoopbackServer page = LoopbackServer.Start((_, answer) => answer.WholeAsync("<html>"u8.ToArray()));
        await using LoopbackServer good = TinyCifar.Serve();

        string line = await FailureAsync(TinyCifar.From(missing.Address, wrong.Address, page.Address));

        PublishedFile expected = TinyCifar.From().Files[0];
        Assert.Equal(
            $"cifar-10 cannot be downloaded: {missing.Address.Authority} answers 404 Not Found; {wrong.Address.Authority} sent different data: SHA-256 of the file is {TinyCifar.Of(other).Files[0].Sha256}, "
            + $"expected {expected.Sha256}; {page.Address.Authority} sent a web page. {ByHand(missing.Address)}",
            line);
        Assert.Equal([".lock"], Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName));
        Assert.Equal(10, (await LoadAsync(TinyCifar.From(missing.Address, good.Address))).Train.Count);
    }

    [Fact]
    public async Task LoadAsync_DamagedInTheCache_SaysSoAndFetchesItAgain()
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllBytesAsync(Archive, TinyCifar.Archive[..^20], Token);
        await using LoopbackServer server = TinyCifar.Serve();
        PublishedDataset dataset = TinyCifar.From(server.Address);

        CachedDataset before = await DatasetCache.InspectAsync(dataset, Options, Token);
        await LoadAsync(dataset);
        CachedDataset after = await DatasetCache.InspectAsync(dataset, Options, Token);

        Assert.Equal((CacheState.Damaged, TinyCifar.Archive.Length), (before.State, before.MissingBytes));
        Assert.Matches($"^downloading again: {Archive}: SHA-256 is [0-9a-f]{{64}}, expected {dataset.Files[0].Sha256}$", Assert.Single(_notices));
        Assert.Equal((CacheState.Whole, 0), (after.State, after.MissingBytes));
    }

    [Fact]
    public async Task LoadAsync_DiskIsFull_GivesTheSystemsReason()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        Directory.CreateDirectory(Folder);
        File.CreateSymbolicLink(Archive + ".part.from", "/dev/full");
        await using LoopbackServer server = TinyCifar.Serve();

        CacheException e = await Assert.ThrowsAsync<CacheException>(() => LoadAsync(TinyCifar.From(server.Address)));

        Assert.StartsWith($"{Archive}.part: the dataset cannot be stored there: No space left on device", e.Message, StringComparison.Ordinal);
    }

    private DatasetOptions Options => new() { Dataset = "cifar-10", CacheDirectory = _folder.File("cache") };

    private string ByHand(Uri mirror) =>
        $"By hand: put {mirror}{TinyCifar.Name} into {Folder}, or name the folder that has it with Data:Directory (--data-dir).";

    private Task<DatasetPair> LoadAsync(PublishedDataset dataset, DatasetOptions? options = null) =>
        DatasetCatalog.LoadAsync(dataset, options ?? Options, this, Token);

    private async Task<string> FailureAsync(PublishedDataset dataset) => (await Assert.ThrowsAsync<DownloadException>(() => LoadAsync(dataset))).Message;
}
