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
}
