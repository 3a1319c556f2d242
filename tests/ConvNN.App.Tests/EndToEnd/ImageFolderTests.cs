using System.Text.Json.Nodes;
using ConvNN.Formats;
using ConvNN.Pictures;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>From a folder of pictures to the name of a class, and rates that are looked for on the way.</summary>
[Collection(ProgramCollection.Name)]
public class ImageFolderTests
{
    [Fact]
    public async Task Train_FolderOfPictures_KeepsTheNamesOfItsClassesInTheModel()
    {
        using TemporaryFolder folder = new();
        WritePictures(folder);

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(
            folder,
            ["--data", "auto", "--data-dir", "pictures", "--set", "Data:ImageSize=8", "-b", "4", "-e", "6", "--set", "Model:Layers:dense3:Units=2", "-o", "run"]);
        (int predicted, string answer, string fault) = await ProgramRun.RunAsync(folder, ["predict", "pictures/train/light/0.png", "--model", "run"]);
        (_, string table, string refused) = await ProgramRun.RunAsync(folder, ["evaluate", "--model", "run", "--data", "auto"]);
        Directory.Move(folder["pictures"], folder["renamed"]);
        Directory.Move(folder["renamed/train/light"], folder["renamed/train/bright"]);
        Directory.Move(folder["renamed/test/light"], folder["renamed/test/bright"]);
        (int otherNames, _, string differs) = await ProgramRun.RunAsync(folder, ["evaluate", "--model", "run", "--data", "auto", "--data-dir", "renamed"]);
        Directory.Move(folder["renamed/train/bright"], folder["renamed/train/light"]);
        Directory.Move(folder["renamed/test/bright"], folder["renamed/test/light"]);
        Directory.Move(folder["renamed"], folder["pictures"]);
        (_, string json, _) = await ProgramRun.RunAsync(folder, ["evaluate", "--model", "run", "--data", "auto", "--json"]);

        Assert.True(exitCode == 0, error);
        Assert.Contains(" data dataset=pictures train_images=16 available_images=16 test_images=4 height=8 width=8 channels=1 classes=2 ", output, StringComparison.Ordinal);
        Assert.Equal(["dark", "light"], ModelFile.Load(folder["run/model.safetensors"]).ClassNames!);
        Assert.True(predicted == 0, fault);
        Assert.Matches("pictures/train/light/0.png: (dark|light), ", answer);
        Assert.Equal("", refused);
        Assert.Matches(@"(?m)^    0 .* dark\r?$", table);
        Assert.Matches(@"(?m)^    1 .* light\r?$", table);
        Assert.True(otherNames == 5, differs);
        Assert.StartsWith("model: run/model.safetensors: has a class dark where renamed has bright; name the dataset with the model's own classes", differs, StringComparison.Ordinal);
        Assert.Equal(["dark", "light"], JsonNode.Parse(json)!["classes"]!.AsArray().Select(item => (string)item!["name"]!));
    }

    [Fact]
    public async Task FindRate_OnTheSample_ShowsTheCurveAndWritesNothing()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["find-lr", "-b", "32"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"(?m)^  1\.0E-06    2\.\d{4}  █+\r?$", output);
        Assert.Matches(@"(?m)^try     --lr \d\.\dE[-+]\d\d, where the loss falls most steeply", output);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>A light or a dark square on grey, of different sizes.</summary>
    private static void WritePictures(TemporaryFolder folder)
    {
        foreach ((string part, int count) in new[] { ("train", 8), ("test", 2) })
        {
            foreach ((string name, byte value) in new[] { ("light", (byte)255), ("dark", (byte)0) })
            {
                Directory.CreateDirectory(folder[$"pictures/{part}/{name}"]);
                for (int i = 0; i < count; i++)
                {
                    int side = 8 + i;
                    byte[] values = [.. Enumerable.Range(0, side * side).Select(p => p % side is > 1 and < 7 && p / side is > 1 and < 7 ? value : (byte)128)];
                    File.WriteAllBytes(folder[$"pictures/{part}/{name}/{i}.png"], PngWriter.Write(new Picture(side, side, 1, values)));
                }
            }
        }
    }
}
