namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class VerifyTests
{
    [Fact]
    public async Task Verify_WorkersAndEveryWidth_AreEqualAndNothingIsWritten()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["verify", "--workers", "1,2,3", "--limit", "300"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"(?m)^equal   \d+ runs gave the same weights, bit for bit\r?$", output);
        Assert.Contains("scalar reference", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Verify_ListOfKernels_RunsThose()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, _) = await ProgramRun.RunAsync(
            folder, ["verify", "--workers", "2", "--kernels", "reference,vector128", "--limit", "50", "--epochs", "2"]);

        Assert.Equal(0, exitCode);
        Assert.Contains("verify  2 runs, epochs of each: 2", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ListWithAWrongEntry_IsRefused()
    {
        using TemporaryFolder folder = new();

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["verify", "--workers", "1,,3"]);

        Assert.Equal(2, exitCode);
        Assert.StartsWith("configuration: Pipeline:Workers is empty; it must be a whole number, or auto.", error, StringComparison.Ordinal);
    }
}
