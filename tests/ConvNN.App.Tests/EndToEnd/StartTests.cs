using System.Text.Json;
using ConvNN.App.Configuration;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary><c>convnn init</c> and <c>convnn presets</c> by the built program, in a folder with nothing in it.</summary>
[Collection(ProgramCollection.Name)]
public sealed class StartTests : IDisposable
{
    private static readonly string[] Small = ["--data", "sample", "--limit", "100", "--epochs", "1"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Init_Preset_IsTrainedAsThePresetItself()
    {
        (int exitCode, string output, string error) = await ProgramRun.RunAsync(_folder, ["init", "--preset", "lenet5"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal("saved   appsettings.json: lenet5, each key with a comment", output.Split('\n')[0]);
        Assert.Equal(ConfigurationSchema.Text() + "\n", File.ReadAllText(_folder["appsettings.schema.json"]));

        Assert.Equal(0, (await ProgramRun.RunAsync(_folder, [.. Small, "-o", "mine"])).ExitCode);
        Assert.Equal(0, (await ProgramRun.RunAsync(_folder, ["--preset", "lenet5", .. Small, "-o", "preset"])).ExitCode);
        Assert.Equal(File.ReadAllText(_folder["preset/config.json"]), File.ReadAllText(_folder["mine/config.json"]));
        Assert.Equal(Weights("preset"), Weights("mine"));
    }

    [Fact]
    public async Task Init_FileThatIsThere_IsReplacedOnlyWithForce()
    {
        _folder.Write("mine.json", "{}");

        Assert.Equal((4, "", "output: mine.json: is there already; name another file, or replace it with --force.\n"), await ProgramRun.RunAsync(_folder, ["init", "mine.json"]));
        Assert.Equal(["mine.json"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));

        Assert.Equal(0, (await ProgramRun.RunAsync(_folder, ["init", "mine.json", "--force", "--epochs", "3"], ("CONVNN_Training__Epochs", "7"))).ExitCode);
        Assert.Equal("3", ConfigurationFile.Find(_folder["mine.json"]).Root.Find("Training:Epochs")?.Text);
    }

    [Fact]
    public async Task Init_SchemaOfAnotherVersionIsThere_IsLeftAlone()
    {
        _folder.Write("appsettings.schema.json", "{}");

        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["init"]);

        Assert.Equal((4, "output: appsettings.schema.json: is there already; name another file, or replace it with --force.\n"), (exitCode, error));
        Assert.False(File.Exists(_folder["appsettings.json"]));
    }

    [Fact]
    public async Task Init_FolderThatIsNotThere_IsNamed()
    {
        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["init", "none/mine.json"]);

        Assert.Equal(4, exitCode);
        Assert.Matches(@"^output: none.mine\.json: cannot be written: there is no folder .*none; name a file in an existing folder\.\n$", error);
    }

    [Fact]
    public async Task Presets_AreListedWithWhatTheyAchieved()
    {
        (int exitCode, string output, string error) = await ProgramRun.RunAsync(_folder, ["presets"]);
        (_, string json, _) = await ProgramRun.RunAsync(_folder, ["presets", "--json"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("lenet5          2 conv2d, 3 dense      61,706      15  99.42 ± 0.07 %  13.1 s", output.Split('\n').Select(line => line.TrimEnd('\r')));
        Assert.Equal(Presets.Names, JsonDocument.Parse(json).RootElement.EnumerateArray().Select(preset => preset.GetProperty("name").GetString()));
    }

    private string Weights(string run) => JsonDocument.Parse(File.ReadAllText(_folder[$"{run}/run.json"])).RootElement.GetProperty("result").GetProperty("weights_sha256").GetString()!;
}
