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
        Assert.Matches(@"(?m)^\S+Z equal runs=\d+ sets_of_weights=1\r?$", output);
        Assert.Contains("kernels=\"scalar reference\"", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Verify_ListOfKernels_RunsThose()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, _) = await ProgramRun.RunAsync(
            folder, ["verify", "--workers", "2", "--kernels", "reference,vector128", "--limit", "50", "--epochs", "2"]);

        Assert.Equal(0, exitCode);
        Assert.Contains(" verify runs=2 epochs=2", output, StringComparison.Ordinal);
    }

    /// <summary>The reference kernels cannot run own features; beside others they take what they can.</summary>
    [Fact]
    public async Task Verify_OwnFeaturesBesideTheReference_ComparesBoth()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, _) = await ProgramRun.RunAsync(
            folder, ["verify", "--set", "Pipeline:Exchange=own-features", "--workers", "2", "--kernels", "auto,reference", "--limit", "50"]);

        Assert.Equal(0, exitCode);
        Assert.Contains(" equal runs=2 ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("configuration: Pipeline:Workers is empty; it must be a whole number between 1 and 1024, or auto.", "--workers", "1,,3")]
    [InlineData("usage: verify compares runs; give it a list of workers or of kernels", "--workers", "1", "--kernels", "auto")]
    [InlineData("usage: '--output' is not an option of verify; ", "--output", "out")]
    [InlineData("usage: verify writes no files; leave --output out.", "--set", "Output:Directory=out")]
    public async Task Verify_PlanThatProvesNothing_IsRefused(string expectedError, params string[] arguments)
    {
        using TemporaryFolder folder = new();

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["verify", .. arguments]);

        Assert.Equal(2, exitCode);
        Assert.StartsWith(expectedError, error, StringComparison.Ordinal);
    }
}
