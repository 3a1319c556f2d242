using System.Diagnostics;
using System.Text;
using ConvNN.App.Configuration;
using ConvNN.Model.Options;

namespace ConvNN.App.Tests.Configuration;

/// <summary>Whatever a file holds: it is read, or refused with the typed fault, within bounded time and memory.</summary>
public class ConfigurationFuzzTests
{
    private static readonly byte[] Shipped = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));

    // Far beyond what any of them takes: a quadratic reader would need minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Read_EveryTruncation_IsReadOrRefused()
    {
        int read = Enumerable.Range(0, Shipped.Length).Count(length => IsRead(Shipped[..length]));

        // Only what stands behind the last brace may be missing.
        Assert.Equal(Shipped.Length - 1 - Array.LastIndexOf(Shipped, (byte)'}'), read);
    }

    [Fact]
    public void Read_EveryFlippedBit_IsReadOrRefused()
    {
        for (int i = 0; i < Shipped.Length; i++)
        {
            byte[] json = [.. Shipped];
            json[i] ^= (byte)(1 << (i % 8));
            IsRead(json);
        }
    }

    [Fact]
    public void Read_SeededMutations_AreReadOrRefused()
    {
        Random random = new(20261125);
        byte[][] pieces = [.. ((string[])["{", "}", "[", "]", ",", ":", "\"", "null", "-", "1e999", "NaN", "\\ud800", "\\u0000", "Model:Layers:", "\"Type\":", "\0", "//", "/*", "é"]).Select(Encoding.UTF8.GetBytes)];
        for (int round = 0; round < 3000; round++)
        {
            List<byte> json = [.. Shipped];
            for (int change = random.Next(1, 8); change > 0; change--)
            {
                int place = random.Next(json.Count);
                int length = Math.Min(random.Next(12), json.Count - place);
                switch (random.Next(4))
                {
                    case 0:
                        json[place] = (byte)random.Next(256);
                        break;
                    case 1:
                        json.RemoveRange(place, length);
                        break;
                    case 2:
                        json.InsertRange(place, pieces[random.Next(pieces.Length)]);
                        break;
                    default:
                        json.InsertRange(random.Next(json.Count), json.GetRange(place, length));
                        break;
                }
            }

            IsRead([.. json]);
        }
    }

    [Theory]
    [InlineData("deep objects", "{\"a\":", 50_000)]
    [InlineData("deep lists", "[", 250_000)]
    [InlineData("open strings", "{\"", 100_000)]
    public void Parse_Unclosed_IsRefused(string what, string piece, int times)
    {
        byte[] json = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, times)));

        Assert.False(IsRead(json), what);
    }

    [Theory]
    [InlineData("Training", "\"a{0}\":{0}")]
    [InlineData("Model", "\"{0}\":{{}}")]
    [InlineData("Data", "\"a{0}\":{{\"b\":[1,2,3]}}")]
    public void Read_ThousandsOfUnknownKeys_AreRefusedInTime(string section, string member)
    {
        string members = string.Join(',', Enumerable.Range(0, 10_000).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, member, i)));

        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => Sources.Read($$"""{ "{{section}}": { {{members}} } }"""));

        Assert.InRange(refused.Failures.Count, 1, 50);
    }

    [Fact]
    public void Read_ThousandsOfLayers_AreReadInTime()
    {
        string layers = string.Join(',', Enumerable.Repeat("{\"Type\":\"relu\"}", 10_000));

        RunConfiguration run = Sources.Read($$"""{ "Model": { "Layers": [{{layers}}] } }""", commandLine: [new("Model:Layers:relu10000:Name", "last")]);

        Assert.Equal((10_000, "last"), (run.Layers.Count, run.Layers[^1].Name));
    }

    private static bool IsRead(byte[] json)
    {
        long start = Stopwatch.GetTimestamp();
        bool isRead = false;
        try
        {
            RunConfiguration run = ConfigurationReader.Read(Sources.Of() with { File = ConfigurationFile.Parse("fuzz.json", json) });
            isRead = run.Layers.Count > 0;
        }
        catch (ConfigurationException refused)
        {
            Assert.All(refused.Failures, failure => Assert.NotEqual("", failure.Text));
        }

        Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "It took too long.");
        return isRead;
    }
}
