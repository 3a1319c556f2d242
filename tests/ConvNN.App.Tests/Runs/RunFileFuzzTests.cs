using System.Diagnostics;
using System.Text;
using ConvNN.App.Commands.Models;
using ConvNN.App.Faults;
using ConvNN.App.Reports;
using ConvNN.App.Runs;

namespace ConvNN.App.Tests.Runs;

/// <summary>Whatever <c>run.json</c> and <c>history.csv</c> hold: they are read and shown, or refused with the typed fault, in bounded time.</summary>
public sealed class RunFileFuzzTests : IDisposable
{
    private const int Rounds = 3000;
    private static readonly string Hash = new('a', 64);

    private static readonly string Record =
        $$"""
        {"version":"0.1.0","commit":null,"runtime":".NET 10","operating_system":"Linux","architecture":"x64","cores":2,"kernels":"vector256","vector_bits":256,
        "workers":2,"seed":1,"process_id":7,"dataset":{"name":"sample","source":"here","is_as_published":true,"train":100,"test":50,"sha256":{"train-images":"{{Hash}}"},"validation":0},
        "started_utc":"2026-01-02T03:04:05Z","ended_utc":"2026-01-02T03:04:06Z","result":{"outcome":"done","exit_code":0,"stopped_by":null,"fault":null,"epochs":2,"best_epoch":2,
        "test_accuracy":0.5,"weights_sha256":"{{Hash}}"},"resumes":[{"utc":"2026-01-02T03:04:05Z","step":1,"workers":2}]}
        """;

    private static readonly string History =
        $"{HistoryFile.Header}\n1,sample,0.1,2.3,0.1,2.2,0.2,1.5,1000,samples,{Hash},,,1\n2,\"a, \"\"b\"\"\",0.1,1.3,0.6,1.2,0.7,1.5,1000,samples,{Hash},,,1\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Runs_SeededMutationsOfARecord_AreARowEach()
    {
        string path = _folder["runs/other"];
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, RunRecord.Name), Record);
        Directory.CreateDirectory(_folder["runs/fuzz"]);
        int intact = 0;
        foreach (byte[] content in Mutations(Record, ["NaN", "1e308", "-1", "1e999", "null", "\"\"", "{", "}", "[", "]", ",", ":", "\\u001b", "\\ud800", "9999999999", "\"abc\""]))
        {
            File.WriteAllBytes(_folder["runs/fuzz/run.json"], content);

            string[] lines = [.. new RunsReport(_folder["runs"]).Lines()];

            Assert.Equal(3, lines.Length);
            Assert.Contains(lines, line => line.StartsWith(path, StringComparison.Ordinal) && line.Contains("  done", StringComparison.Ordinal));
            Assert.All(lines, line => Assert.InRange(line.Length, 0, 1000));
            intact += lines.Any(line => line.Contains("damaged: ", StringComparison.Ordinal)) ? 0 : 1;
        }

        // Digits of a time or a version may change without damage; most changes are found.
        Assert.InRange(intact, 1, Rounds / 2);
    }

    [Fact]
    public void ReadHistory_SeededMutations_AreDrawnOrRefused()
    {
        int read = 0;
        foreach (byte[] content in Mutations(History, ["NaN", "1e308", "-1e308", "1e30", "∞", "-1", "\"", ",", "\n", "\r", "3", "=1+1", "\0"]))
        {
            File.WriteAllBytes(_folder[HistoryFile.Name], content);
            try
            {
                IReadOnlyList<HistoryRow> rows = HistoryReader.ReadRows(_folder[HistoryFile.Name]);
                double[] losses = [.. rows.Select(row => row["train_loss"] ?? double.NaN)];
                Assert.InRange(new Chart("Loss", "epoch", [Curve.OfEpochs("training", losses)], StartsAtZero: true).Html().Length, 0, 10_000);
                read++;
            }
            catch (RunFileException refused)
            {
                Assert.StartsWith(_folder[HistoryFile.Name], refused.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(read, 1, Rounds - 1);
    }

    [Theory]
    [InlineData("\"weights_sha256\":\"", "\"weights_sha256\":\"abc", "has an impossible weights_sha256")]
    [InlineData("\"test_accuracy\":0.5", "\"test_accuracy\":1e308", "has an impossible test_accuracy")]
    [InlineData("\"test_accuracy\":0.5", "\"test_accuracy\":NaN", "cannot be read: ")]
    [InlineData("\"epochs\":2", "\"epochs\":-1", "has an impossible epochs")]
    [InlineData("\"epochs\":2", "\"epochs\":\"two\"", "cannot be read: ")]
    [InlineData("\"epochs\":2", "\"epochs\":1e308", "cannot be read: ")]
    [InlineData("\"outcome\":\"done\"", "\"outcome\":\"fine\"", "has an impossible outcome")]
    [InlineData("{\"train-images\":\"", "{\"test-images\":null,\"train-images\":\"", "has an impossible sha256")]
    [InlineData("\"resumes\":[", "\"resumes\":[null,", "has an impossible resumes")]
    public void Runs_ImpossibleValue_IsNamed(string old, string text, string expected)
    {
        Directory.CreateDirectory(_folder["runs/one"]);
        string damaged = Record.Replace(old, text, StringComparison.Ordinal);
        Assert.NotEqual(Record, damaged);
        File.WriteAllText(_folder["runs/one/run.json"], damaged);

        Assert.Contains($"damaged: run.json: {expected}", new RunsReport(_folder["runs"]).Lines().Last(), StringComparison.Ordinal);
        Assert.Contains($"run.json: {expected}", new RunsReport(_folder["runs"]).Json(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(",2.3,", ",1e308,", "line 2 has an impossible train_loss")]
    [InlineData(",2.3,", ",NaN,", "line 2 has an impossible train_loss")]
    [InlineData(",0.7,", ",7,", "line 3 has an impossible test_accuracy")]
    public void ReadHistory_ImpossibleFigure_IsNamed(string old, string text, string expected)
    {
        _folder.Write(HistoryFile.Name, History.Replace(old, text, StringComparison.Ordinal));

        RunFileException refused = Assert.Throws<RunFileException>(() => HistoryReader.ReadRows(_folder[HistoryFile.Name]));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadHistory_QuoteThatNeverEndsBeforeManyLines_IsRefusedInTime()
    {
        _folder.Write(HistoryFile.Name, $"{HistoryFile.Header}\n1,\"sample\n{string.Concat(Enumerable.Repeat("2,3,4,5\n", 1_000_000))}");
        long start = Stopwatch.GetTimestamp();

        RunFileException refused = Assert.Throws<RunFileException>(() => HistoryReader.ReadRows(_folder[HistoryFile.Name]));

        Assert.Contains("line 2 has a quote without its end", refused.Message, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "It took too long.");
    }

    private static IEnumerable<byte[]> Mutations(string text, string[] words)
    {
        byte[] whole = Encoding.UTF8.GetBytes(text);
        byte[][] pieces = [.. words.Select(Encoding.UTF8.GetBytes)];
        Random random = new(20261128);
        for (int round = 0; round < Rounds; round++)
        {
            List<byte> content = [.. whole];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int place = random.Next(content.Count);
                int length = Math.Min(random.Next(12), content.Count - place);
                switch (random.Next(4))
                {
                    case 0:
                        content[place] = (byte)random.Next(256);
                        break;
                    case 1:
                        content.RemoveRange(place, length);
                        break;
                    case 2:
                        content.InsertRange(place, pieces[random.Next(pieces.Length)]);
                        break;
                    default:
                        content.InsertRange(random.Next(content.Count), content.GetRange(place, length));
                        break;
                }
            }

            yield return [.. content];
        }
    }
}
