using ConvNN.App.Configuration;

namespace ConvNN.App.Tests.Configuration;

public class CommentedConfigurationTests
{
    public static TheoryData<string?> Configurations => [(string?)null, .. Presets.Names];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Text_OfEachPreset_IsReadBackAsTheSame(string? preset)
    {
        RunConfiguration run = Run(preset);

        RunConfiguration read = Sources.Read(CommentedConfiguration.Text(run));

        Assert.Equal(run.Layers, read.Layers);
        Assert.Equal(run, read with { Layers = run.Layers });
    }

    /// <summary>In the words of the schema, so that no key has a second description.</summary>
    [Fact]
    public void Text_EveryKey_HasItsMeaningAboveIt()
    {
        string[] lines = CommentedConfiguration.Text(Run(null)).Split('\n');
        string text = string.Join(' ', lines.Select(line => line.Trim()).Where(line => !line.StartsWith('"')).Select(line => line.TrimStart('/', ' ')));

        Assert.All(Settings.All.Where(setting => setting.IsWritten(Run(null))), setting =>
        {
            string name = setting.Key.Split(':')[^1];
            Assert.Contains(lines.Index(), line => line.Item.TrimStart().StartsWith($"\"{name}\":", StringComparison.Ordinal) && lines[line.Index - 1].TrimStart().StartsWith("// ", StringComparison.Ordinal));
            Assert.Contains(setting.Description, text, StringComparison.Ordinal);
        });
        Assert.All(lines.Where(line => line.Contains("// ", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 1, 110));
    }

    private static RunConfiguration Run(string? preset) => preset is null
        ? ConfigurationReader.Read(ConfigurationSources.None)
        : ConfigurationReader.Read(ConfigurationSources.None with { File = ConfigurationFile.OfPreset(preset) });
}
