namespace ConvNN.App.Tests.Log;

/// <summary>A word of the log is written in one place of the source, so that its lines always have the same fields.</summary>
public class EventWordTests
{
    [Fact]
    public void Words_OfAllEvents_AreWrittenInOnePlaceEach()
    {
        string[] words = [.. EventSource.All().Select(place => place.Word)];

        Assert.Contains("stopped", words);
        Assert.Contains("epoch", words);
        Assert.Empty(words.GroupBy(word => word, StringComparer.Ordinal).Where(places => places.Count() > 1).Select(places => places.Key));
    }
}
