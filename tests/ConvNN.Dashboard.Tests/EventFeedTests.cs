namespace ConvNN.Dashboard.Tests;

public class EventFeedTests
{
    private readonly EventFeed _feed = new();

    [Fact]
    public void After_ANumber_HasWhatCameSince()
    {
        _feed.Put("epoch", "1");
        _feed.Put("epoch", "2");
        long last = _feed.After(0)[^1].Number;
        _feed.Put("epoch", "3");

        Assert.Equal(["1", "2", "3"], _feed.After(0).Select(item => item.Json));
        Assert.Equal(["3"], _feed.After(last).Select(item => item.Json));
    }

    [Fact]
    public void Put_ThatReplaces_LeavesTheLastOfItsKind()
    {
        _feed.Put("stages", "a", replaces: true);
        _feed.Put("epoch", "1");
        _feed.Put("stages", "b", replaces: true);

        Assert.Equal(["1", "b"], _feed.After(0).Select(item => item.Json));
    }

    /// <summary>A run of days: its history stays bounded, reaches from its first to its last step, and loses no epoch for the steps.</summary>
    [Fact]
    public void Put_VeryManySteps_ThinsThemAndKeepsTheRare()
    {
        _feed.Put("start", "start");
        for (int step = 0; step < 100_000; step++)
        {
            _feed.Put("step", $"{step}");
            if (step % 1000 == 0)
            {
                _feed.Put("epoch", $"epoch {step}");
            }
        }

        string[] kept = [.. _feed.After(0).Select(item => item.Json)];
        Assert.InRange(kept.Length, 500, 1200);
        Assert.Equal("start", kept[0]);
        Assert.Equal(["0", "99999"], [kept.First(json => char.IsAsciiDigit(json[0])), kept[^1]]);
        Assert.Equal(100, kept.Count(json => json.StartsWith("epoch", StringComparison.Ordinal)));
    }

    [Fact]
    public void Complete_NothingMoreComes()
    {
        _feed.Put("epoch", "1");
        _feed.Complete();
        _feed.Put("epoch", "2");

        Assert.True(_feed.IsComplete);
        Assert.Single(_feed.After(0));
    }
}
