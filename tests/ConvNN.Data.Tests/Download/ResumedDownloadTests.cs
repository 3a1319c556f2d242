using System.Globalization;
using ConvNN.Data.Download;
using ConvNN.Data.Tests.Idx;

namespace ConvNN.Data.Tests.Download;

public sealed class ResumedDownloadTests : DownloadTests
{
    private const int Arrived = 100_000;

    [Fact]
    public async Task RunAsync_AfterABrokenConnection_AsksForTheRestOfTheSameVersion()
    {
        await using LoopbackServer server = BreakOffOnce("v1", "ETag: \"v1\"");
        string line = await FailureAsync(FetchAsync(server.Address));
        Assert.Contains(" broke off in the middle of the file. What has arrived is kept, and the next run resumes there. By hand: ", line, StringComparison.Ordinal);
        Assert.Equal(TinyDataset.FirstBytes[..Arrived], File.ReadAllBytes(Part));
        int reported = Reports.Count;

        await FetchAsync(server.Address);

        AssertWhole();
        Assert.Equal(("bytes=100000-", "\"v1\""), server.Requests[1].Resumes);
        Assert.Equal(Arrived, Reports.Skip(reported).First(report => report.Bytes > 0).Bytes);
    }

    [Fact]
    public async Task RunAsync_VersionToldByItsDate_IsResumedToo()
    {
        const string Date = "Wed, 25 Nov 2026 12:00:00 GMT";
        await using LoopbackServer server = TinyDataset.Serve((request, answer) => request.Resumes switch
        {
            ({ }, Date) => RestAsync(answer),
            _ => BreakOffAsync(answer, $"Last-Modified: {Date}"),
        });
        await FailureAsync(FetchAsync(server.Address));

        await FetchAsync(server.Address);

        AssertWhole();
        Assert.Equal(("bytes=100000-", Date), server.Requests[1].Resumes);
    }

    [Theory]
    [InlineData("ETag: W/\"v1\"")]
    [InlineData("X-Nothing: here")]
    public async Task RunAsync_VersionThatCannotBeTold_StartsOver(string header)
    {
        await using LoopbackServer server = BreakOffOnce("v1", header);
        await FailureAsync(FetchAsync(server.Address));

        await FetchAsync(server.Address);

        AssertWhole();
        Assert.Equal((null, null), server.Requests[1].Resumes);
    }

    [Fact]
    public async Task RunAsync_FileHasChanged_StartsOverWithTheWholeAnswer()
    {
        // A proper server sends the whole file, 200, when If-Range names another version.
        await using LoopbackServer server = BreakOffOnce("v2", "ETag: \"v1\"");
        await FailureAsync(FetchAsync(server.Address));

        await FetchAsync(server.Address);

        AssertWhole();
        Assert.Equal(("bytes=100000-", "\"v1\""), server.Requests[1].Resumes);
        Assert.Equal(5, server.Requests.Count);
    }

    [Fact]
    public async Task RunAsync_ServerKnowsNoRanges_StartsOverWithTheWholeAnswer()
    {
        int asked = 0;
        await using LoopbackServer server = TinyDataset.Serve((_, answer) =>
            Interlocked.Increment(ref asked) == 1 ? BreakOffAsync(answer, "ETag: \"v1\"") : answer.WholeAsync(TinyDataset.FirstBytes));
        await FailureAsync(FetchAsync(server.Address));

        await FetchAsync(server.Address);

        AssertWhole();
    }

    [Fact]
    public async Task RunAsync_RestDoesNotFitThePart_AsksOnceMoreFromTheStart()
    {
        await using LoopbackServer server = BreakOffOnce("v1", "ETag: \"v1\"");
        await FailureAsync(FetchAsync(server.Address));
        byte[] damaged = File.ReadAllBytes(Part);
        damaged[500] ^= 1;
        File.WriteAllBytes(Part, damaged);

        await FetchAsync(server.Address);

        AssertWhole();
        Assert.Equal([(null, null), ("bytes=100000-", "\"v1\""), (null, null)], server.Requests.Take(3).Select(request => request.Resumes));
    }

    [Fact]
    public async Task RunAsync_WrongBytesAfterAWholeAnswer_AreNotAskedForAgain()
    {
        int asked = 0;
        await using LoopbackServer server = TinyDataset.Serve((_, answer) =>
            Interlocked.Increment(ref asked) == 1 ? BreakOffAsync(answer, "ETag: \"v1\"") : answer.WholeAsync(IdxBytes.Gzip([1, 2, 3])));
        await FailureAsync(FetchAsync(server.Address));

        Assert.Contains("sent different data", await FailureAsync(FetchAsync(server.Address)), StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal([".lock"], FilesInCache());
    }

    [Fact]
    public async Task RunAsync_WholePartThatWasNotDecoded_NeedsNothingMore()
    {
        // As a process leaves it that is killed after the last byte.
        await using LoopbackServer server = BreakOffOnce("v1", "ETag: \"v1\"");
        await FailureAsync(FetchAsync(server.Address));
        File.WriteAllBytes(Part, TinyDataset.FirstBytes);

        await FetchAsync(server.Address);

        AssertWhole();
        Assert.Equal(5, server.Requests.Count);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"bytes={TinyDataset.FirstBytes.Length}-"), server.Requests[1].Resumes.Range);
    }

    [Fact]
    public async Task RunAsync_PartLongerThanTheFile_IsThrownAway()
    {
        await using LoopbackServer server = BreakOffOnce("v1", "ETag: \"v1\"");
        await FailureAsync(FetchAsync(server.Address));
        File.WriteAllBytes(Part, new byte[TinyDataset.FirstBytes.Length + 1]);

        await FetchAsync(server.Address);

        AssertWhole();
        Assert.Equal((null, null), server.Requests[1].Resumes);
    }

    [Fact]
    public async Task RunAsync_RestLongerThanTheFile_IsRefusedAndThePartThrownAway()
    {
        await using LoopbackServer server = TinyDataset.Serve((request, answer) => request.Resumes.Range is null
            ? BreakOffAsync(answer, "ETag: \"v1\"")
            : answer.WholeAsync(new byte[TinyDataset.FirstBytes.Length], "206 Partial Content", "Content-Range: bytes 100000-200000/*"));
        await FailureAsync(FetchAsync(server.Address));

        string line = await FailureAsync(FetchAsync(server.Address));

        Assert.Contains($"sends {TinyDataset.FirstBytes.Length + Arrived:N0} bytes, expected at most {TinyDataset.FirstBytes.Length:N0}", line, StringComparison.Ordinal);
        Assert.Equal([".lock"], FilesInCache());
    }

    [Fact]
    public async Task RunAsync_PartOfTheSecondMirror_IsGoneOnWithThere()
    {
        await using LoopbackServer second = BreakOffOnce("v1", "ETag: \"v1\"");
        await FailureAsync(FetchAsync(LoopbackServer.Nobody(), second.Address));
        await using LoopbackServer first = TinyDataset.Serve();

        await FetchAsync(first.Address, second.Address);

        AssertWhole();
        Assert.Empty(first.Requests);
        Assert.Equal("bytes=100000-", second.Requests[1].Resumes.Range);
    }

    [Fact]
    public async Task RunAsync_PartOfAnotherMirror_IsNotMixed()
    {
        await using LoopbackServer gone = BreakOffOnce("v1", "ETag: \"v1\"");
        await FailureAsync(FetchAsync(gone.Address));
        await using LoopbackServer other = TinyDataset.Serve();

        await FetchAsync(other.Address);

        AssertWhole();
        Assert.Equal((null, null), other.Requests[0].Resumes);
    }

    [Fact]
    public async Task RunAsync_Cancelled_KeepsThePartAndResumesIt()
    {
        await using LoopbackServer server = TinyDataset.Serve(async (request, answer) =>
        {
            if (request.Resumes.Range is not null)
            {
                await RestAsync(answer);
                return;
            }

            await BreakOffAsync(answer, "ETag: \"v1\"");
            await answer.SilenceAsync();
        });
        using CancellationTokenSource stop = new();
        OnReport = report =>
        {
            if (report.Bytes == Arrived)
            {
                stop.Cancel();
            }
        };

        DownloadStoppedException e = await Assert.ThrowsAsync<DownloadStoppedException>(() => FetchAsync([server.Address], Long, stop: stop.Token));

        Assert.Equal($"tiny is incomplete; the next run resumes from the files in {Folder}.", e.Message);
        Assert.Equal(TinyDataset.FirstBytes[..Arrived], File.ReadAllBytes(Part));
        OnReport = null;
        await FetchAsync(server.Address);
        AssertWhole();
        Assert.Equal("bytes=100000-", server.Requests[1].Resumes.Range);
    }

    /// <summary>Breaks off the first answer, and is a proper server from then on.</summary>
    private static LoopbackServer BreakOffOnce(string tag, string header)
    {
        int asked = 0;
        return TinyDataset.Serve((request, answer) =>
            Interlocked.Increment(ref asked) == 1 ? BreakOffAsync(answer, header) : answer.FileAsync(request, TinyDataset.FirstBytes, tag));
    }

    private static async Task BreakOffAsync(LoopbackAnswer answer, string header)
    {
        await answer.HeadAsync("200 OK", string.Create(CultureInfo.InvariantCulture, $"Content-Length: {TinyDataset.FirstBytes.Length}"), header);
        await answer.WriteAsync(TinyDataset.FirstBytes.AsMemory(0, Arrived));
    }

    private static Task RestAsync(LoopbackAnswer answer) => answer.WholeAsync(
        TinyDataset.FirstBytes[Arrived..], "206 Partial Content", string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes {Arrived}-{TinyDataset.FirstBytes.Length - 1}/{TinyDataset.FirstBytes.Length}"));
}
