using System.Text.Json.Nodes;

namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class CheckGradientsTests
{
    [Fact]
    public async Task CheckGradients_DefaultNetwork_AgreesOnEveryTensorAndWritesNothing()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["check-gradients"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"(?m)^conv1\.weight    8×1×3×3       +\d+ +\d+ +\d\.\de-\d+   \d\.\de-\d  right\r?$", output);
        Assert.Contains("pool1           maxpool2d: no weights; checked by the tensors before it", output, StringComparison.Ordinal);
        Assert.EndsWith("right   all 8 tensors agree", output.TrimEnd(), StringComparison.Ordinal);
        Assert.All(output.Split('\n').Skip(1), line => Assert.InRange(line.TrimEnd().Length, 0, 80));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task CheckGradients_AsJson_IsOneDocument()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["check-gradients", "--json"]);

        JsonNode found = JsonNode.Parse(output)!;
        Assert.Equal((0, ""), (exitCode, error));
        Assert.True((bool)found["right"]!);
        Assert.Equal(8, found["tensors"]!.AsArray().Count);
        Assert.Equal("[8,1,3,3]", found["tensors"]![0]!["shape"]!.ToJsonString());
        Assert.All(found["tensors"]!.AsArray(), tensor => Assert.InRange((double)tensor!["largest_difference"]!, 0, (double)tensor["allowed"]!));
        Assert.Equal("pool1", (string)found["model"]!["layers"]![1]!["name"]!);
    }
}
