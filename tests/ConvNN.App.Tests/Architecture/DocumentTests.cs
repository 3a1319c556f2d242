namespace ConvNN.App.Tests.Architecture;

/// <summary>The pages lead to what is there. Their commands are run by <see cref="EndToEnd.ShownCommandTests"/>.</summary>
public class DocumentTests
{
    private const int FrontPageLines = 150;

    public static TheoryData<string> Pages { get; } = [.. MarkdownPage.All];

    [Fact]
    public void FrontPage_IsShort()
    {
        int lines = new MarkdownPage("README.md").Lines.Count;

        Assert.True(lines <= FrontPageLines, $"README.md has {lines} lines, more than {FrontPageLines}; docs/ has room for the rest.");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_OfAPage_LeadToWhatIsThere(string page) => Assert.All(new MarkdownPage(page).Links(), link =>
    {
        string[] parts = link.Split('#', 2);
        string target = parts[0].Length == 0 ? page : Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, parts[0]));
        string path = Path.Combine(Repository.Root, target);
        Assert.True(File.Exists(path) || Directory.Exists(path), $"{page} leads to {link}, which is not there.");
        Assert.True(parts.Length == 1 || new MarkdownPage(target).Anchors().Contains(parts[1]), $"{page} leads to {link}; {target} has no such heading.");
    });
}
