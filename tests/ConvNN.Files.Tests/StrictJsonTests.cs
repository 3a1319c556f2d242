using System.Text;
using System.Text.Json;

namespace ConvNN.Files.Tests;

public class StrictJsonTests
{
    [Fact]
    public void Parse_NamesThatDiffer_AreRead()
    {
        using JsonDocument document = Parse("""{ "a": { "a": 1, "A": 2 }, "b": [{ "a": 3 }, { "a": 4 }] }""");

        Assert.Equal(4, document.RootElement.GetProperty("b")[1].GetProperty("a").GetInt32());
    }

    [Theory]
    [InlineData("""{ "a": 1, "a": 2 }""", "'a' is there twice.")]
    [InlineData("""[{ "b": { "a": 1, "\u0061": 2 } }]""", "'a' is there twice.")]
    [InlineData("""{ "a": { "b": { "c": {} } } }""", "The maximum configured depth of 3 has been exceeded.")]
    [InlineData("""{ "\ud800": 1 }""", "Cannot read incomplete UTF-16 JSON text as string with missing low surrogate.")]
    public void Parse_Otherwise_SaysWhy(string json, string expected) =>
        Assert.StartsWith(expected, Assert.ThrowsAny<JsonException>(() => Parse(json)).Message, StringComparison.Ordinal);

    private static JsonDocument Parse(string json) => StrictJson.Parse(Encoding.UTF8.GetBytes(json), maxDepth: 3);
}
