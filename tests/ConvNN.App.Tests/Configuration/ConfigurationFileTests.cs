using System.Text;
using ConvNN.App.Configuration;
using ConvNN.Model.Options;

namespace ConvNN.App.Tests.Configuration;

public class ConfigurationFileTests
{
    [Theory]
    [InlineData("{\n  \"Name\": \"x\",,\n}", "test.json, line 2, column 15: ',' is an invalid start of a property name.")]
    [InlineData("", "test.json, line 1, column 1: The input does not contain any JSON tokens.")]
    [InlineData("{ \"Name\": ", "test.json, line 1, column 11: Expected")]
    [InlineData("[]", "test.json, line 1: a configuration begins with {")]
    [InlineData("{ \"Name\": \"x\", \"name\": \"y\" }", "test.json, line 1: name is already given in line 1; keep one of them.")]
    public void Parse_WhatIsNoObject_NamesFileAndPlace(string json, string expected)
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse("test.json", Encoding.UTF8.GetBytes(json)));

        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    /// <summary>What editors and the redirection of Windows PowerShell write.</summary>
    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Parse_WithAByteOrderMark_IsReadInItsEncoding(string encoding)
    {
        Encoding given = Encoding.GetEncoding(encoding);

        ConfigurationFile file = ConfigurationFile.Parse("test.json", [.. given.GetPreamble(), .. given.GetBytes("""{ "Name": "größer" }""")]);

        Assert.Equal("größer", file.Root.Find("Name")?.Text);
    }

    [Fact]
    public void Parse_EveryTruncation_GivesKeysOrTheTypedFault()
    {
        byte[] json = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));

        for (int length = 0; length < json.Length; length++)
        {
            try
            {
                _ = ConfigurationFile.Parse("test.json", json[..length]);
            }
            catch (ConfigurationException)
            {
            }
        }
    }

    [Fact]
    public void Find_FileThatIsMissing_IsRefused()
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Find("no-such.json"));

        Assert.Equal("no-such.json: there is no such configuration file.", refused.Message);
    }

    /// <summary>As an installed tool has its presets, and as a shell that leaves a * alone passes it.</summary>
    [Theory]
    [InlineData("config/two-block.json", 1)]
    [InlineData("config/*.json", 8)]
    [InlineData("config/no-such-*.json", 0)]
    public void Matching_FilesThatAreBesideTheProgram_AreFound(string given, int count)
    {
        string[] names = [.. ConfigurationFile.Matching(given).Where(file => !file.Contains('*', StringComparison.Ordinal)).Select(file => Path.GetFullPath(ConfigurationFile.Find(file).Name))];

        Assert.Equal(count, names.Length);
        Assert.All(names, name => Assert.StartsWith(Path.Combine(AppContext.BaseDirectory, "config"), name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lenet5")]
    [InlineData("LeNet5")]
    public void Find_NameOfAPreset_IsThePresetAndSaysSo(string name)
    {
        ConfigurationFile file = ConfigurationFile.Find(name);

        Assert.Equal(("preset lenet5", "lenet5"), (file.Name, file.Root.Find("Name")?.Text));
        Assert.Equal("preset lenet5, line 23", file.Root.Find("Training:Epochs")?.Origin);
        Assert.Equal(file.Root.Values().Count(), ConfigurationFile.OfPreset(name).Root.Values().Count());
    }

    [Fact]
    public void Presets_HaveTheNamesOfTheirFiles() => Assert.All(
        Presets.Names,
        name => Assert.Equal(name, ConfigurationFile.OfPreset(name).Root.Find("Name")?.Text));

    [Fact]
    public void Find_FileThatIsGiven_IsReadInsteadOfTheDefaultOne()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("mine.json", """{ "Name": "mine" }""");

        ConfigurationFile file = ConfigurationFile.Find(path);

        Assert.Equal((path, "mine"), (file.Name, file.Root.Find("Name")?.Text));
        Assert.Single(file.Root.Values());
    }
}
