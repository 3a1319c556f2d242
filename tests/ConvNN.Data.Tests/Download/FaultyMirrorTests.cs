using System.IO.Compression;
using System.Text;
using ConvNN.Data.Tests.Idx;

namespace ConvNN.Data.Tests.Download;

/// <summary>Servers that give something else, or nothing: each ends in one line, the next mirror is asked, and nothing stays behind.</summary>
public sealed class FaultyMirrorTests : DownloadTests
{
    private static byte[] Page => Encoding.UTF8.GetBytes("<!DOCTYPE html>\n<title>Sign in to this network</title>");

    // The first file of the dataset is asked for from each of them.
    private static readonly Dictionary<string, (Func<LoopbackRequest, LoopbackAnswer, Task> Answer, string Reason)> Faults = new()
    {
        ["404"] = ((_, answer) => answer.WholeAsync([], "404 Not \u001b[31mhere"), "answers 404 Not Found"),
        ["500"] = ((_, answer) => answer.WholeAsync(Page, "500 Oops"), "answers 500 Internal Server Error"),
        ["unknown status"] = ((_, answer) => answer.WholeAsync([], "599 What"), "answers 599"),
        ["part that was not asked for"] = (
            (_, answer) => answer.WholeAsync(TinyDataset.FirstBytes, "206 Partial Content", "Content-Range: bytes 0-9/10"), "answers 206 Partial Content"),
        ["not modified"] = ((_, answer) => answer.HeadAsync("304 Not Modified"), "answers 304 Not Modified"),
        ["web page"] = ((_, answer) => answer.WholeAsync(Page, headers: "Content-Type: text/html"), "sent a web page"),
        ["no gzip"] = ((_, answer) => answer.WholeAsync([1, 2, 3, 4, 5, 6, 7, 8]), "sent something that is not a gzip file, or is damaged"),
        ["too long, as it says"] = (
            (_, answer) => answer.HeadAsync("200 OK", "Content-Length: 1000000000000"),
            $"sends 1,000,000,000,000 bytes, expected at most {TinyDataset.FirstBytes.Length:N0}"),
        ["no answer at all"] = ((_, _) => Task.CompletedTask, "broke off before it answered"),
        ["not HTTP"] = ((_, answer) => answer.WriteAsync(Encoding.Latin1.GetBytes("220 \u001b[31mftp\r\n\r\n")), "failed (Received an invalid status line"),
        ["broken off"] = (
            async (_, answer) =>
            {
                await answer.HeadAsync("200 OK", "Content-Length: 2000");
                await answer.WriteAsync(TinyDataset.FirstBytes.AsMemory(0, 1000));
            },
            "broke off in the middle of the file"),
    };

    public static TheoryData<string> FaultNames => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(FaultNames))]
    public async Task RunAsync_FaultyAnswer_IsOneLineAndTheNextMirrorIsAsked(string fault)
    {
        (Func<LoopbackRequest, LoopbackAnswer, Task> answer, string reason) = Faults[fault];
        await using LoopbackServer faulty = TinyDataset.Serve(answer);
        await using LoopbackServer good = TinyDataset.Serve();

        string line = await FailureAsync(FetchAsync(faulty.Address));
        await FetchAsync(faulty.Address, good.Address);

        Assert.StartsWith($"tiny cannot be downloaded: {faulty.Address.Authority} {reason}", line, StringComparison.Ordinal);
        Assert.EndsWith($". {ByHand.Replace("{0}", faulty.Address.AbsoluteUri, StringComparison.Ordinal)}", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
        Assert.Equal(4, good.Requests.Count);
        AssertWhole();
    }

    [Fact]
    public async Task RunAsync_OtherBytes_NamesBothHashesAndKeepsNothing()
    {
        byte[] other = [.. TinyDataset.Decoded[0]];
        other[^1] ^= 1;
        await using LoopbackServer wrong = TinyDataset.Serve((_, answer) => answer.WholeAsync(IdxBytes.Gzip(other)));

        string line = await FailureAsync(FetchAsync(wrong.Address));

        Assert.Matches("sent different data: SHA-256 of the decoded file is [0-9a-f]{64}, expected [0-9a-f]{64}\\.", line);
        Assert.Contains($"expected {TinyDataset.From(wrong.Address).Files[0].Sha256}.", line, StringComparison.Ordinal);
        Assert.Single(wrong.Requests);
        Assert.Equal([".lock"], FilesInCache());
    }

    [Theory]
    [InlineData(9)]
    [InlineData(1000)]
    public async Task RunAsync_GzipDataCutShort_AreRefused(int missing)
    {
        // Its trailer has eight bytes, which the decoded bytes' hash makes needless. All that is sent is sent, and the server says nothing of its length: only the content can tell.
        await using LoopbackServer cut = TinyDataset.Serve(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK");
            await answer.WriteAsync(TinyDataset.FirstBytes.AsMemory(0, TinyDataset.FirstBytes.Length - missing));
        });

        string line = await FailureAsync(FetchAsync(cut.Address));

        Assert.Matches("sent (something that is not a gzip file, or is damaged|different data: )", line);
        Assert.Equal([".lock"], FilesInCache());
    }

    [Fact]
    public async Task RunAsync_EndlessAnswer_StopsAtTheKnownSizePlusOne()
    {
        long sent = 0;
        await using LoopbackServer endless = TinyDataset.Serve(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK");
            byte[] block = new byte[1024];
            while (true)
            {
                await answer.WriteAsync(block);
                Interlocked.Add(ref sent, block.Length);
            }
        });

        string line = await FailureAsync(FetchAsync(endless.Address));

        Assert.Equal(Line(endless.Address, $"sends more bytes, expected at most {TinyDataset.FirstBytes.Length:N0}"), line);
        Assert.True(Reports.Max(report => report.Bytes) <= TinyDataset.FirstBytes.Length, "More bytes were kept than there can be.");
        Assert.Equal([".lock"], FilesInCache());
    }

    [Fact]
    public async Task RunAsync_GzipBomb_IsDecodedToTheKnownLengthPlusOne()
    {
        byte[] bomb = IdxBytes.Gzip(new byte[200_000_000], CompressionLevel.Optimal);
        Assert.True(bomb.Length < TinyDataset.FirstBytes.Length, $"The bomb of {bomb.Length} bytes is refused for its length already.");
        await using LoopbackServer server = TinyDataset.Serve((_, answer) => answer.WholeAsync(bomb));
        string expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(new byte[TinyDataset.Decoded[0].Length + 1]));

        string line = await FailureAsync(FetchAsync(server.Address));

        // The hash of so many zeros and one more proves that no more were decoded.
        Assert.Contains($"sent different data: SHA-256 of the decoded file is {expected}, expected ", line, StringComparison.Ordinal);
        Assert.Equal([".lock"], FilesInCache());
    }
}
