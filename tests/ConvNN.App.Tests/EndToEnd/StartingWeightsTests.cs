using System.Text.Json.Nodes;
using ConvNN.Formats;
using ConvNN.Model.Parameters;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>A run begins with the weights of another one, of which some layers stay as they are and the last is new.</summary>
[Collection(ProgramCollection.Name)]
public sealed class StartingWeightsTests : IDisposable
{
    private static readonly string[] Head =
    [
        "--weights", "runs/first", "--limit", "200", "--set", "Model:Layers:conv1:Frozen=true", "--set", "Model:Layers:dense1:Frozen=true", "--set", "Model:Layers:dense3:Name=head",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Train_NewHeadOnAModelsFrozenLayers_KeepsTheirBitsAndRecordsWhereFrom()
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "200", "-e", "1", "-o", "runs/first"]);

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(_folder, [.. Head, "-e", "2", "-o", "runs/second"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains(" layer name=conv1 type=conv2d summary=\"8 of 3×3, relu\" output=8×26×26 parameters=80 frozen=true ", output, StringComparison.Ordinal);
        Assert.Contains(" parameters=182170 trained=8906 ", output, StringComparison.Ordinal);
        Assert.Contains(" begin file=runs/first/model.safetensors sha256=", output, StringComparison.Ordinal);
        Assert.Contains(" taken=6 tensors=8", output, StringComparison.Ordinal);
        Assert.Contains(" misfit tensor=head.weight network_shape=\"[10, 64]\"\n", output, StringComparison.Ordinal);
        Assert.Contains(" misfit tensor=dense3.weight file_shape=\"[10, 64]\"\n", output, StringComparison.Ordinal);
        ModelFile first = ModelFile.Load(_folder["runs/first/model.safetensors"]), second = ModelFile.Load(_folder["runs/second/model.safetensors"]);
        Assert.Equal(
            ["conv1.bias", "conv1.weight", "dense1.bias", "dense1.weight"],
            first.Network.Layout.InFileOrder.Select(parameter => parameter.Name)
                .Where(name => second.Network.Layout.Parameters.Any(parameter => parameter.Name == name) && Values(first, name).SequenceEqual(Values(second, name))));
        JsonNode began = JsonNode.Parse(File.ReadAllText(_folder["runs/second/run.json"]))!["weights"]!;
        Assert.Equal(_folder["runs/first/model.safetensors"], (string?)began["file"]);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(_folder["runs/first/model.safetensors"]))), (string?)began["sha256"]);
    }

    [Fact]
    public async Task Train_ImagesNormalizedInAnotherWay_IsSaid()
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "200", "-e", "1", "-o", "runs/first"]);

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(_folder, ["--weights", "runs/first", "--limit", "200", "-e", "1", "--set", "Data:Normalize=standard", "-o", "runs/second"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("took images with Data:Normalize unit, this run has standard: the layers that it begins with expect other values.", output, StringComparison.Ordinal);
    }

    /// <summary>The checkpoint has the weights, frozen ones too: the file is not needed again, and the record still names it.</summary>
    [Fact]
    public async Task Resume_FileThatItBeganWithIsGone_EndsWithTheSameBits()
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "200", "-e", "1", "-o", "runs/first"]);
        await ProgramRun.RunAsync(_folder, [.. Head, "-e", "3", "-o", "runs/whole"]);
        await ProgramRun.RunAsync(_folder, [.. Head, "-e", "2", "-o", "runs/cut", "-w", "1"]);
        Directory.Delete(_folder["runs/first"], recursive: true);

        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["--resume", "runs/cut", "-e", "3", "-w", "3", "--set", "Pipeline:Exchange=full-gradients"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(ModelFile.Load(_folder["runs/whole/model.safetensors"]).WeightsSha256, ModelFile.Load(_folder["runs/cut/model.safetensors"]).WeightsSha256);
        Assert.Equal(_folder["runs/first/model.safetensors"], (string?)JsonNode.Parse(File.ReadAllText(_folder["runs/cut/run.json"]))!["weights"]!["file"]);
    }

    [Fact]
    public async Task DryRun_FileThatIsMissing_IsRefusedInOneLine()
    {
        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["--dry-run", "--weights", "none.safetensors"]);

        Assert.NotEqual(0, exitCode);
        Assert.Equal("model: none.safetensors: there is no such file; name a model, or the folder of a run.", error.TrimEnd());
    }

    private static float[] Values(ModelFile model, string name)
    {
        Parameter parameter = model.Network.Layout.Parameters.Single(parameter => parameter.Name == name);
        return model.Weights.Span.Slice(parameter.Offset, parameter.Length).ToArray();
    }
}
