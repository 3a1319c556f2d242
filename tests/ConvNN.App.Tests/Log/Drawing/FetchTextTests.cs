using ConvNN.App.Log.Drawing;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Data.Download;

namespace ConvNN.App.Tests.Log.Drawing;

public class FetchTextTests
{
    private static FetchEvent Half(string dataset = "mnist") => new(
        new DownloadProgress(dataset, 5_230_000, 11_594_722, "storage.googleapis.com"), BytesPerSecond: 1_234_567, TimeSpan.FromSeconds(4));

    [Theory]
    [InlineData(119, "fetch   mnist  ━━━━━━━━━━━━━━━━━━────────────────────────  45 %  5.2 of 11.6 MB  1.2 MB/s  6 s left  from storage.googleapis.com")]
    [InlineData(79, "fetch   mnist  ━━━━━━━━━━━──────────────  45 %  5.2 of 11.6 MB  1.2 MB/s  6 s left")]
    [InlineData(59, "fetch   mnist  ━━━━──────  5.2/11.6 MB  1.2 MB/s  6 s left")]
    [InlineData(52, "mnist  ━━━━━━──────  5.2/11.6 MB  1.2 MB/s  6 s left")]
    [InlineData(30, "5.2/11.6 MB  1.2 MB/s  6 s left")]
    public void Bar_Columns_SaysAsMuchAsFits(int columns, string expected)
    {
        string bar = FetchText.Bar(Half(), columns);

        Assert.Equal(Words(expected), Words(bar));
        Assert.True(bar.Length <= Math.Max(columns, 31), $"{bar.Length} characters in {columns} columns: {bar}");
    }

    [Fact]
    public void Bar_LongName_StillHasABar() => Assert.Contains('━', FetchText.Bar(Half("fashion-mnist"), columns: 59));

    [Theory]
    [InlineData(0, "fetch   mnist: asking example.org")]
    [InlineData(999, "fetch   mnist  ───────────────────────────────────────  99 %  0.0 of 0.0 MB  0.0 MB/s  from example.org")]
    public void Bar_Ends_AreNotRoundedUp(long bytes, string expected)
    {
        FetchEvent fetch = new(new DownloadProgress("mnist", bytes, 1000, "example.org"), BytesPerSecond: 0, TimeSpan.Zero);

        Assert.Equal(Words(expected), Words(FetchText.Bar(fetch, columns: 119)));
    }

    [Fact]
    public void Sum_Complete_SaysHowMuchAndHowLong() => Assert.Equal(
        "mnist: 11.6 MB in 9.3 s, 1.2 MB/s from storage.googleapis.com",
        Figures.Untied(FetchText.Sum(new FetchEvent(new DownloadProgress("mnist", 11_594_722, 11_594_722, "storage.googleapis.com", IsComplete: true), 1_240_000, TimeSpan.FromSeconds(9.3)))));

    // The bar apart, whose length is what is left.
    private static string[] Words(string line) =>
        [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word.Trim('━', '─').Length > 0)];
}
