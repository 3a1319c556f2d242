using System.Globalization;
using ConvNN.Data.Download;

namespace ConvNN.Data.Tests.Download;

public sealed class UnreachableMirrorTests : DownloadTests
{
    // No resolver is asked for a name with such a label (RFC 1035: at most 63 characters).
    private static readonly string NoName = new('x', 64);

    [Fact]
    public async Task RunAsync_RefusedConnection_IsOneLine()
    {
        Uri nobody = LoopbackServer.Nobody();

        string line = await FailureAsync(FetchAsync(nobody));

        Assert.SkipWhen(OperatingSystem.IsWindows(), "The system's words are others there.");
        Assert.Equal(Line(nobody, $"cannot be reached (Connection refused)"), line);
        Assert.Equal([".lock"], FilesInCache());
    }

    [Fact]
    public async Task RunAsync_UnknownHost_AsksForANetwork()
    {
        Uri unknown = new($"https://{NoName}.invalid/");

        Assert.Equal(Line(unknown, "cannot be found (is there a network?)"), await FailureAsync(FetchAsync(unknown)));
    }

    [Fact]
    public async Task RunAsync_ServerWithoutTls_IsNotTrusted()
    {
        await using LoopbackServer server = LoopbackServer.Start((_, answer) => answer.WholeAsync([], "400 Bad Request"));
        Uri secure = new($"https://{server.Address.Authority}/");

        Assert.StartsWith(
            $"tiny cannot be downloaded: {secure.Authority} cannot be trusted (", await FailureAsync(FetchAsync(secure)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_HttpElsewhere_IsNotAsked()
    {
        Uri elsewhere = new("http://192.0.2.1/");

        Assert.Equal(Line(elsewhere, "can be used over https only"), await FailureAsync(FetchAsync(elsewhere)));
    }

    [Fact]
    public async Task RunAsync_NoConnectionInTime_GivesUp()
    {
        // It accepts, but says nothing of TLS.
        await using LoopbackServer server = LoopbackServer.Start((_, answer) => answer.SilenceAsync());
        Uri secure = new($"https://{server.Address.Authority}/");

        string line = await FailureAsync(FetchAsync([secure], Long, connect: TimeSpan.FromSeconds(0.2)));

        Assert.Equal(Line(secure, "could not be reached within 0.2 s"), line);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(DownloadTimeouts.Stride - 1)]
    public async Task RunAsync_ServerGoesSilent_GivesUpAndKeepsThePart(int sent)
    {
        ManualTime time = new();
        await using LoopbackServer server = TinyDataset.Serve(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK", "ETag: \"v1\"");
            await answer.WriteAsync(TinyDataset.FirstBytes.AsMemory(0, sent));
            await answer.SilenceAsync();
        });
        OnReport = report => Pass(report, server.Requests.Count > 0 && report.Bytes == sent, time);

        string line = await FailureAsync(FetchAsync([server.Address], TimeSpan.FromSeconds(20), time));

        string kept = sent > 0 ? ". What has arrived is kept, and the next run resumes there" : "";
        Assert.Equal(Line(server.Address, $"sent less than 16 KiB in 20 s{kept}"), line);
        Assert.Equal(sent > 0 ? TinyDataset.FirstBytes[..sent] : null, File.Exists(Part) ? File.ReadAllBytes(Part) : null);
    }

    [Fact]
    public async Task RunAsync_NoAnswer_GivesUp()
    {
        ManualTime time = new();
        await using LoopbackServer server = TinyDataset.Serve((_, answer) =>
        {
            time.Advance(TimeSpan.FromSeconds(20));
            return answer.SilenceAsync();
        });

        Assert.Equal(
            Line(server.Address, "sent less than 16 KiB in 20 s"), await FailureAsync(FetchAsync([server.Address], TimeSpan.FromSeconds(20), time)));
    }

    [Fact]
    public async Task RunAsync_Trickle_IsNoBetterThanSilence()
    {
        ManualTime time = new();
        await using LoopbackServer server = TinyDataset.Serve(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK");
            for (int sent = 0; sent + 1000 <= TinyDataset.FirstBytes.Length; sent += 1000)
            {
                await answer.WriteAsync(TinyDataset.FirstBytes.AsMemory(sent, 1000));
                time.Advance(TimeSpan.FromSeconds(2));
            }
        });

        Assert.Equal(
            Line(server.Address, "sent less than 16 KiB in 20 s"), await FailureAsync(FetchAsync([server.Address], TimeSpan.FromSeconds(20), time)));
    }

    [Fact]
    public async Task RunAsync_SlowButSteady_ArrivesHoweverLongItTakes()
    {
        ManualTime time = new();
        using SemaphoreSlim arrived = new(0);
        OnReport = report =>
        {
            if (report.Bytes > 0 && report.Bytes % DownloadTimeouts.Stride == 0)
            {
                arrived.Release();
            }
        };
        await using LoopbackServer server = TinyDataset.Serve(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK", string.Create(CultureInfo.InvariantCulture, $"Content-Length: {TinyDataset.FirstBytes.Length}"));
            foreach (byte[] block in TinyDataset.FirstBytes.Chunk(DownloadTimeouts.Stride))
            {
                await answer.WriteAsync(block);
                if (block.Length == DownloadTimeouts.Stride)
                {
                    await arrived.WaitAsync(Token);
                    time.Advance(TimeSpan.FromSeconds(19));
                }
            }
        });

        await FetchAsync([server.Address], TimeSpan.FromSeconds(20), time);

        AssertWhole();
    }

    [Theory]
    [InlineData("http://example.org/x", "redirects to http://example.org, which is not https")]
    [InlineData("ftp://example.org/x", "redirects to ftp://example.org, which is not https")]
    [InlineData("file:///etc/passwd", "redirects to file://, which is not https")]
    public async Task RunAsync_RedirectAwayFromHttps_IsRefused(string target, string reason)
    {
        await using LoopbackServer server = TinyDataset.Serve((_, answer) => answer.WholeAsync([], "302 Found", $"Location: {target}"));

        Assert.Equal(Line(server.Address, reason), await FailureAsync(FetchAsync(server.Address)));
    }

    [Fact]
    public async Task RunAsync_RedirectLoop_EndsAfterFive()
    {
        await using LoopbackServer server = TinyDataset.Serve((_, answer) => answer.WholeAsync([], "301 Moved", $"Location: /again/{TinyDataset.First}"));

        Assert.Equal(Line(server.Address, "redirects more than 5 times"), await FailureAsync(FetchAsync(server.Address)));
        Assert.Equal(6, server.Requests.Count);
    }

    [Fact]
    public async Task RunAsync_Redirect_IsFollowed()
    {
        await using LoopbackServer other = TinyDataset.Serve();
        await using LoopbackServer server = LoopbackServer.Start(
            (request, answer) => answer.WholeAsync([], "307 Elsewhere", $"Location: {other.Address}{request.File}"));

        await FetchAsync(server.Address);

        AssertWhole();
    }

    [Fact]
    public async Task RunAsync_RedirectWithoutATarget_IsNoFile()
    {
        await using LoopbackServer server = TinyDataset.Serve((_, answer) => answer.WholeAsync([], "302 Found"));

        Assert.Equal(Line(server.Address, "answers 302 Found"), await FailureAsync(FetchAsync(server.Address)));
    }

    private static void Pass(DownloadProgress report, bool isReached, ManualTime time)
    {
        if (isReached && report.Notice is null)
        {
            time.Advance(TimeSpan.FromSeconds(20));
        }
    }
}
