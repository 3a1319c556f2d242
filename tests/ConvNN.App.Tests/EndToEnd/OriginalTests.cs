using ConvNN.Formats;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>The original project's main in code: the README shows what is compiled, and it does what it says.</summary>
[Collection(ProgramCollection.Name)]
public class OriginalTests
{
    private static readonly string[] Lines =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Samples", "Original.cs")).SkipWhile(line => line.Length > 0).Skip(1)];

    [Fact]
    public void Readme_InCode_ShowsTheTenLinesThatAreCompiled()
    {
        string readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md")).ReplaceLineEndings("\n");

        Assert.Equal(10, Lines.Length);
        Assert.Contains($"```csharp\n{string.Join('\n', Lines)}\n```", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Original_OnTheSample_TrainsTestsAndSavesAsTheProgramDoes()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunOtherAsync("Original.dll", folder, "sample");
        (_, string run, _) = await ProgramRun.RunAsync(folder, []);

        Assert.Equal((0, ""), (exitCode, error));
        string[] lines = output.TrimEnd().ReplaceLineEndings("\n").Split('\n');
        Assert.Equal(11, lines.Length);
        ModelFile model = ModelFile.Load(folder["original.safetensors"]);
        Assert.EndsWith($", weights {model.WeightsSha256}", lines[^1], StringComparison.Ordinal);
        Assert.Contains($" weights sha256={model.WeightsSha256}", run, StringComparison.Ordinal);
    }
}
