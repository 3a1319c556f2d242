using ConvNN.App.Live;

namespace ConvNN.App.Tests.Live;

/// <summary>A page is for people who may look at a run, and not for a list of the machine's folders.</summary>
public class PageEventTests
{
    [Theory]
    [InlineData("/home/ann/data/mnist", "mnist")]
    [InlineData("/home/ann smith/mnist/", "mnist")]
    [InlineData("cannot write /var/lib/x/log.txt: no space", "cannot write log.txt: no space")]
    [InlineData("'/a/b' and (/c/d.png)", "'b' and (d.png)")]
    [InlineData("runs/first", "runs/first")]
    [InlineData("17,067 images/s, 2×2 / 3", "17,067 images/s, 2×2 / 3")]
    public void WithoutPaths_ATextWithPaths_HasTheirLastPart(string text, string expected) => Assert.Equal(expected, PageEvent.WithoutPaths(text));
}
