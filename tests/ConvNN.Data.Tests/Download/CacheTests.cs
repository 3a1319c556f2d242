using ConvNN.Data.Cache;
using ConvNN.Data.Download;
using ConvNN.Data.Idx;

namespace ConvNN.Data.Tests.Download;

public sealed class CacheTests : DownloadTests
{
    [Fact]
    public async Task RunAsync_SeveralAtOnce_FetchOnceAndAllHaveIt()
    {
        TaskCompletionSource othersWait = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int waiting = 0;
        OnReport = report =>
        {
            if (report.Notice is not null && Interlocked.Increment(ref waiting) == 2)
            {
                othersWait.SetResult();
            }
        };
        await using LoopbackServer server = TinyDataset.Serve(async (request, answer) =>
        {
            await othersWait.Task.WaitAsync(Long, Token);
            await TinyDataset.AnswerAsync(request, answer);
        });

        long[] bytes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => FetchAsync(server.Address)));

        AssertWhole();
        Assert.Equal([0, 0, TinyDataset.TotalBytes], bytes.Order());
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(Enumerable.Repeat("another process is downloading tiny; waiting for it", 2), Notices);
    }

    [Fact]
    public async Task RunAsync_FetcherFails_NextOneTries()
    {
        TaskCompletionSource otherWaits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        OnReport = report =>
        {
            if (report.Notice?.StartsWith("another", StringComparison.Ordinal) == true)
            {
                otherWaits.TrySetResult();
            }
        };
        int asked = 0;
        await using LoopbackServer server = TinyDataset.Serve(async (request, answer) =>
        {
            if (Interlocked.Increment(ref asked) == 1)
            {
                await otherWaits.Task.WaitAsync(Long, Token);
                await answer.WholeAsync([], "503 Down");
                return;
            }

            await TinyDataset.AnswerAsync(request, answer);
        });

        Task<long>[] fetching = [FetchAsync(server.Address), FetchAsync(server.Address)];
        await Assert.ThrowsAsync<DownloadException>(() => Task.WhenAll(fetching));

        AssertWhole();
        Assert.Equal(1, fetching.Count(task => task.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task RunAsync_CancelledWhileAnotherFetches_Stops()
    {
        using IDisposable held = await CacheLock.TakeAsync(Folder, () => { }, TimeProvider.System, Token);
        using CancellationTokenSource stop = new();
        OnReport = _ => stop.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FetchAsync([LoopbackServer.Nobody()], Long, stop: stop.Token));

        Assert.Equal("another process is downloading tiny; waiting for it", Assert.Single(Notices));
    }

    [Fact]
    public async Task RunAsync_WhatAKilledProcessLeft_IsRemoved()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(PathOf(DatasetFiles.Names[0] + ".0123456789abcdef0123456789abcdef.tmp"), "half");
        File.WriteAllText(PathOf(".lock"), "");
        await using LoopbackServer server = TinyDataset.Serve();

        await FetchAsync(server.Address);

        AssertWhole();
    }

    [Fact]
    public async Task RunAsync_CacheCannotBeCreated_GivesTheSystemsReason()
    {
        string file = TemporaryPath("file");
        File.WriteAllText(file, "");
        string cache = Path.Combine(file, "cache");

        CacheException e = await Assert.ThrowsAsync<CacheException>(
            () => FetchAsync([LoopbackServer.Nobody()], Long, options: new DatasetOptions { CacheDirectory = cache }));

        Assert.StartsWith($"{Path.Combine(cache, "tiny")}: the dataset cannot be stored there: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_CacheMayNotBeWritten_GivesTheSystemsReason()
    {
        Directory.CreateDirectory(Folder);
        TemporaryFolder.Forbid(Folder, butNot: UnixFileMode.UserRead | UnixFileMode.UserExecute);

        CacheException e = await Assert.ThrowsAsync<CacheException>(() => FetchAsync(LoopbackServer.Nobody()));

        Assert.Contains("the dataset cannot be stored there: Access to the path", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_DiskIsFull_GivesTheSystemsReason()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        Directory.CreateDirectory(Folder);
        File.CreateSymbolicLink(Part + ".from", "/dev/full");
        await using LoopbackServer server = TinyDataset.Serve();

        CacheException e = await Assert.ThrowsAsync<CacheException>(() => FetchAsync(server.Address));

        Assert.StartsWith($"{Part}: the dataset cannot be stored there: No space left on device", e.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task RunAsync_SomethingElseInTheFilesPlace_IsNotReplacedAndNothingIsLost()
    {
        string path = PathOf(DatasetFiles.Names[0]);
        Directory.CreateDirectory(path);
        await using LoopbackServer server = TinyDataset.Serve();

        CacheException e = await Assert.ThrowsAsync<CacheException>(() => FetchAsync(server.Address));

        Assert.StartsWith($"{path}: the dataset cannot be stored there: ", e.Message, StringComparison.Ordinal);

        // What has arrived is not lost: the next attempt needs to decode it only.
        Assert.Equal(TinyDataset.FirstBytes, File.ReadAllBytes(Part));
        Directory.Delete(path);
        await FetchAsync(server.Address);
        AssertWhole();
        Assert.Equal(5, server.Requests.Count);
    }
}
