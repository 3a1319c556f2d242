using ConvNN.App.Configuration;
using ConvNN.Model.Options;
using Microsoft.Extensions.Logging;

namespace ConvNN.App.Tests.Configuration;

public class LogLevelsTests
{
    [Fact]
    public void Read_FileAndEnvironment_LieOverTheBuiltInOnes()
    {
        ConfigurationSources sources = Sources.Of(
            """{ "Logging": { "LogLevel": { "Default": "error", "ConvNN": "Debug" } } }""",
            new Dictionary<string, string?> { ["CONVNN_Logging__LogLevel__ConvNN"] = "None" });

        Assert.Equal(
            [("ConvNN", LogLevel.None), ("Default", LogLevel.Error), ("Microsoft", LogLevel.Warning)],
            LogLevels.Of(new MergedSettings(sources).Root).Select(pair => (pair.Key, pair.Value)).Order());
    }

    [Theory]
    [InlineData("Loud")]
    [InlineData("2")]
    public void Read_NoLevel_IsAFailureOfTheConfiguration(string word)
    {
        string json = $$"""{ "Logging": { "LogLevel": { "Default": "{{word}}" } } }""";

        Assert.Equal(LogLevel.Information, LogLevels.Of(new MergedSettings(Sources.Of(json)).Root)["Default"]);
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => Sources.Read(json));
        Assert.Contains($"Logging:LogLevel:Default is {word}; it must be one of Trace, Debug, ", refused.Message, StringComparison.Ordinal);
    }
}
