using ConvNN.Data.Cache;
using ConvNN.Data.Idx;

namespace ConvNN.Data.Tests.Download;

public sealed class WholeDownloadTests : DownloadTests
{
    [Fact]
    public async Task RunAsync_EmptyCache_FetchesAllFilesInOrder()
    {
        await using LoopbackServer server = TinyDataset.Serve();

        long bytes = await FetchAsync(server.Address);

        AssertWhole();
        Assert.Equal(TinyDataset.TotalBytes, bytes);
        Assert.Equal(DatasetFiles.Names.Select(name => $"/{name}.gz"), server.Requests.Select(request => request.Path));
        Assert.All(server.Requests, request => Assert.Equal((null, null), request.Resumes));
        Assert.All(server.Requests, request => Assert.StartsWith("ConvNN/", request.Headers["User-Agent"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_Progress_GrowsToTheTotal()
    {
        await using LoopbackServer server = TinyDataset.Serve();

        await FetchAsync(server.Address);

        Assert.All(Reports, report => Assert.Equal(("tiny", TinyDataset.TotalBytes, server.Address.Authority, null), (report.Dataset, report.TotalBytes, report.Mirror, report.Notice)));
        Assert.Equal(Reports.Select(report => report.Bytes).Order(), Reports.Select(report => report.Bytes));
        Assert.Equal((0, TinyDataset.TotalBytes), (Reports[0].Bytes, Reports[^1].Bytes));
    }

    [Fact]
    public async Task RunAsync_WholeCache_AsksNobody()
    {
        await using (LoopbackServer server = TinyDataset.Serve())
        {
            await FetchAsync(server.Address);
        }

        Assert.Equal(0, await FetchAsync(LoopbackServer.Nobody()));
    }

    [Fact]
    public async Task RunAsync_FilesPutThereByHand_AreTaken()
    {
        Directory.CreateDirectory(Folder);
        foreach ((string name, byte[] bytes) in TinyDataset.Compressed)
        {
            File.WriteAllBytes(PathOf(name), bytes);
        }

        Assert.Equal(0, await FetchAsync(LoopbackServer.Nobody()));
    }

    [Fact]
    public async Task RunAsync_DamagedFileInCache_SaysSoAndFetchesItAlone()
    {
        await using LoopbackServer server = TinyDataset.Serve();
        await FetchAsync(server.Address);
        string truncated = PathOf(DatasetFiles.Names[1]);
        File.WriteAllBytes(truncated, TinyDataset.Decoded[1][..100]);
        string flipped = PathOf(DatasetFiles.Names[3]);
        File.WriteAllBytes(flipped, [.. TinyDataset.Decoded[3][..^1], 77]);

        long bytes = await FetchAsync(server.Address);

        AssertWhole();
        Assert.Equal(TinyDataset.Compressed[DatasetFiles.Names[1] + ".gz"].Length + TinyDataset.Compressed[DatasetFiles.Names[3] + ".gz"].Length, bytes);
        Assert.Equal(2, Notices.Count);
        Assert.Equal($"downloading again: {truncated}: header declares 300 = 300 bytes, found 92; get the file again.", Notices[0]);
        Assert.Matches($"^downloading again: {flipped}: SHA-256 is [0-9a-f]{{64}}, expected [0-9a-f]{{64}}$", Notices[1]);
    }

    [Fact]
    public async Task RunAsync_GivenMirror_IsAskedAloneAndInAFolderOfTheDataset()
    {
        await using LoopbackServer server = TinyDataset.Serve();
        await using LoopbackServer published = TinyDataset.Serve();

        // With a slash at its end or without.
        Uri mirror = new(server.Address.AbsoluteUri + "data");
        await FetchAsync([published.Address], Long, options: new DatasetOptions { Mirror = mirror });

        AssertWhole();
        Assert.Equal("/data/tiny/" + TinyDataset.First, server.Requests[0].Path);
        Assert.Empty(published.Requests);
    }

    [Fact]
    public async Task RunAsync_DownloadNotAllowed_AsksNobodyAndSaysWhatToDo()
    {
        await using LoopbackServer server = TinyDataset.Serve();

        string line = await FailureAsync(FetchAsync([server.Address], Long, options: new DatasetOptions { Download = false }));

        Assert.Equal($"tiny is not in {Folder}, and Data:Download is false. {ByHand.Replace("{0}", server.Address.AbsoluteUri, StringComparison.Ordinal)}", line);
        Assert.Empty(server.Requests);
        Assert.False(Directory.Exists(Cache), "Nothing is to be fetched, but the cache was created.");
    }

    [Fact]
    public async Task RunAsync_DownloadNotAllowedAndCacheDamaged_NamesTheDamage()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(PathOf(DatasetFiles.Names[2]), "<html>");

        string line = await FailureAsync(FetchAsync([LoopbackServer.Nobody()], Long, options: new DatasetOptions { Download = false }));

        Assert.StartsWith(
            $"tiny is not intact in {Folder} ({PathOf(DatasetFiles.Names[2])}: magic 0x3C68746D found, expected", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FirstMirrorFails_NextGoesOnWithTheFilesThatAreMissing()
    {
        await using LoopbackServer first = LoopbackServer.Start((request, answer) => request.File.StartsWith("t10k", StringComparison.Ordinal)
            ? answer.WholeAsync([], "503 Down")
            : TinyDataset.AnswerAsync(request, answer));
        await using LoopbackServer second = TinyDataset.Serve();

        await FetchAsync(first.Address, second.Address);

        AssertWhole();
        Assert.Equal((3, 2), (first.Requests.Count, second.Requests.Count));
        Assert.Equal([$"{first.Address.Authority} answers 503 Service Unavailable"], Notices);
    }

    [Fact]
    public async Task RunAsync_AllMirrorsFail_NamesEachOnceAndTheManualWay()
    {
        await using LoopbackServer first = TinyDataset.Serve((_, answer) => answer.WholeAsync([], "404 Nowhere"));
        await using LoopbackServer second = TinyDataset.Serve((_, answer) => answer.WholeAsync([], "403 No"));

        string line = await FailureAsync(FetchAsync(first.Address, second.Address));

        Assert.Equal(
            $"tiny cannot be downloaded: {first.Address.Authority} answers 404 Not Found; {second.Address.Authority} answers 403 Forbidden. "
            + ByHand.Replace("{0}", first.Address.AbsoluteUri, StringComparison.Ordinal),
            line);
        Assert.Equal((1, 1), (first.Requests.Count, second.Requests.Count));
        Assert.Equal([".lock"], FilesInCache());
    }
}
