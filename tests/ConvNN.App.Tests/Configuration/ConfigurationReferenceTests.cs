using ConvNN.App.Configuration;
using ConvNN.App.Tests.Architecture;

namespace ConvNN.App.Tests.Configuration;

public class ConfigurationReferenceTests
{
    private const string Page = "docs/reference/configuration.md";

    [Fact]
    public void Text_IsTheCommittedPage() =>
        Assert.True(
            File.ReadAllText(Path.Combine(Repository.Root, Page)).ReplaceLineEndings("\n") == ConfigurationReference.Text() + "\n",
            $"{Page} is not what settings and registries say; write it anew: dotnet run -- reference configuration > {Page}");

    [Fact]
    public void Text_NamesEverySettingWithItsOptions()
    {
        string text = ConfigurationReference.Text();

        Assert.All(Settings.All.SelectMany(setting => setting.Options.Append(setting.Key)), name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }
}
