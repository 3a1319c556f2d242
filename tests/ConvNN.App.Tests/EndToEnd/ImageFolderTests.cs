using System.Text.Json.Nodes;
using ConvNN.Formats;
using ConvNN.Pictures;
using ConvNN.Pictures.Formats;

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

    /// <summary>A preset of MNIST on pictures of several sizes in two classes: one line has all that does not fit, and the options that make it fit.</summary>
    [Fact]
    public async Task Train_PresetThatDoesNotFitThePictures_SaysAllAtOnceAndWhatToAdd()
    {
        using TemporaryFolder folder = new();
        WriteMarks(folder, isLight: true, isColor: true, hasManySizes: true);

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["--preset", "lenet5", "--data-dir", "marks"]);

        Assert.Equal(3, exitCode);
        Assert.Matches(
            "^dataset: marks: has pictures of \\d classes, which lenet5 does not fit as it is: Data:Dataset is \\w+, the pictures have several sizes and the last dense layer has 10 units; add "
            + "--data auto --set Data:ImageSize=28 --set Model:Layers:dense3:Units=\\d$",
            error.TrimEnd());
        string[] added = error.TrimEnd().Split("; add ")[1].Split(' ');
        (int mended, _, string fault) = await ProgramRun.RunAsync(folder, ["--preset", "lenet5", "--data-dir", "marks", "--dry-run", "-b", "4", .. added]);
        Assert.Equal((0, ""), (mended, fault));
    }

    /// <summary>
    /// Training, evaluation, prediction and the classifier see the same image: light and dark grounds, grey and colour, one size and many,
    /// two formats. That the picture says where its mark is, and not only what it looks like, tells centring from resizing.
    /// </summary>
    [Theory]
    [InlineData("--set", "Data:ImageSize=12")]
    [InlineData("--set", "Data:Prepare=mnist")]
    public async Task Predict_EveryTestPicture_AnswersAsEvaluateDoes(params string[] options)
    {
        foreach ((bool isLight, bool isColor, bool hasManySizes) in new[] { (true, true, false), (false, false, true), (true, false, true), (false, true, true) })
        {
            using TemporaryFolder folder = new();
            WriteMarks(folder, isLight, isColor, hasManySizes);
            string[] run = ["--data", "auto", "--data-dir", "marks", "-b", "4", "-e", "4", "--set", "Model:Layers:dense3:Units=2", "-o", "run", .. options];
            (int trained, _, string error) = await ProgramRun.RunAsync(folder, run);
            (_, string evaluated, string fault) = await ProgramRun.RunAsync(folder, ["evaluate", "--model", "run", "--data", "auto", "--json"]);
            (_, string predicted, _) = await ProgramRun.RunAsync(folder, ["predict", "marks/test", "--model", "run", "--json"]);
            Classifier classifier = Classifier.Load(folder["run/model.safetensors"]);

            Assert.True(trained == 0, error);
            Assert.Equal("", fault);
            int[][] confusion = [.. JsonNode.Parse(evaluated)!["confusion"]!.AsArray().Select(row => row!.AsArray().Select(cell => (int)cell!).ToArray())];
            int[][] counted = [[0, 0], [0, 0]];
            foreach (JsonNode? answer in JsonNode.Parse(predicted)!.AsArray())
            {
                string file = (string)answer!["file"]!;
                counted[file.Contains("left", StringComparison.Ordinal) ? 0 : 1][(int)answer["class"]!]++;
                Assert.Equal([.. answer["probabilities"]!.AsArray().Select(probability => (float)probability!)], classifier.Predict(PictureFile.Read(folder[file])).Probabilities);
            }

            Assert.Equal(confusion, counted);
        }
    }

    /// <summary>Where the images are changes no bit, so a run that began with them in memory may go on without.</summary>
    [Fact]
    public async Task Train_PicturesBeyondTheMemory_EndsWithTheSameWeights()
    {
        using TemporaryFolder folder = new();
        WritePictures(folder);
        string[] run = ["--data", "auto", "--data-dir", "pictures", "--set", "Data:ImageSize=8", "-b", "4", "--set", "Model:Layers:dense3:Units=2"];

        (_, string inMemory, _) = await ProgramRun.RunAsync(folder, [.. run, "-e", "3", "-o", "memory"]);
        (_, string ahead, string error) = await ProgramRun.RunAsync(folder, [.. run, "-e", "3", "-o", "files", "--set", "Data:Memory=100"]);
        await ProgramRun.RunAsync(folder, [.. run, "-e", "1", "-o", "resumed"]);
        (_, string resumed, string refused) = await ProgramRun.RunAsync(folder, ["--resume", "resumed", "--data", "auto", "-e", "3", "--set", "Data:Memory=100", "--set", "Pipeline:Prefetch=1"]);

        Assert.Equal(("", ""), (error, refused));
        Assert.DoesNotContain("decoded_ahead", inMemory, StringComparison.Ordinal);
        Assert.Contains(" classes=2 decoded_ahead=true as_published=false ", ahead, StringComparison.Ordinal);
        Assert.Contains(" decoded_ahead=true ", resumed, StringComparison.Ordinal);
        Assert.Equal(HashOf(inMemory), HashOf(ahead));
        Assert.Equal(HashOf(inMemory), HashOf(resumed));

        static string HashOf(string log) => log[log.IndexOf(" weights sha256=", StringComparison.Ordinal)..].Split('\n')[0];
    }

    [Fact]
    public async Task Report_ColorPictures_SaysWhatTheColorsOfTheFiltersMean()
    {
        using TemporaryFolder folder = new();
        WriteMarks(folder, isLight: true, isColor: true, hasManySizes: false);
        await ProgramRun.RunAsync(folder, ["--data", "auto", "--data-dir", "marks", "--set", "Data:ImageSize=12", "-b", "4", "-e", "1", "--set", "Model:Layers:dense3:Units=2", "-o", "run"]);

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["report", "run", "--data", "auto"]);

        string page = File.ReadAllText(folder["run/report.html"]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("each colour is the filter's weight for that channel: half bright is 0, full the largest weight of the filter, none the same below 0.", page, StringComparison.Ordinal);
        Assert.Contains("<th>left</th>", page, StringComparison.Ordinal);
    }

    /// <summary>A mark at the left or at the right of a picture.</summary>
    private static void WriteMarks(TemporaryFolder folder, bool isLight, bool isColor, bool hasManySizes)
    {
        Random random = new(1);
        foreach ((string part, int count) in new[] { ("train", 12), ("test", 6) })
        {
            foreach (string name in new[] { "left", "right" })
            {
                Directory.CreateDirectory(folder[$"marks/{part}/{name}"]);
                for (int i = 0; i < count; i++)
                {
                    (int side, int channels) = (hasManySizes ? 20 + (3 * i) : 24, isColor ? 3 : 1);
                    int at = (name == "left" ? side / 6 : side * 2 / 3) + random.Next(3);
                    byte[] values = [.. Enumerable.Range(0, side * side * channels).Select(k =>
                    {
                        bool isMark = k / channels % side >= at && k / channels % side < at + 5 && k / channels / side is > 6 and < 14;
                        int value = isMark == isLight ? 20 : 230;
                        return (byte)(value + (isColor && k % 3 == 1 ? 15 : 0));
                    })];
                    File.WriteAllBytes(folder[$"marks/{part}/{name}/{i}.png"], PngWriter.Write(new Picture(side, side, channels, values)));
                }
            }
        }
    }

    [Fact]
    public async Task Train_FolderWithMoreThanPictures_SaysWhatIsLeftOut()
    {
        using TemporaryFolder folder = new();
        WritePictures(folder);
        File.WriteAllText(folder["pictures/train/light/notes.txt"], "");
        string[] run = ["--data", "auto", "--data-dir", "pictures", "--set", "Data:ImageSize=8", "-b", "4", "-e", "1", "--set", "Model:Layers:dense3:Units=2"];

        (_, string trained, _) = await ProgramRun.RunAsync(folder, run);
        (_, string planned, _) = await ProgramRun.RunAsync(folder, [.. run, "--dry-run"]);

        Assert.Contains("pictures: not read: 1 .txt (such as light/notes.txt).", trained, StringComparison.Ordinal);
        Assert.Contains("pictures: not read: 1 .txt (such as light/notes.txt).", planned, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindRate_OnTheSample_ShowsTheCurveAndWritesNothing()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["find-lr", "-b", "32"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"(?m)^    1E-06    2\.\d{4}  █+\r?$", output);
        Assert.Matches(@"(?m)^try     --lr 0\.\d+, where the loss falls most steeply", output);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task FindRate_AsJson_HasEveryStepAndTheSuggestion()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["find-lr", "-b", "32", "--json"]);
        (_, string text, _) = await ProgramRun.RunAsync(folder, ["find-lr", "-b", "32"]);

        JsonNode found = JsonNode.Parse(output)!;
        JsonArray points = found["points"]!.AsArray();
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains($"try     --lr {(double)found["suggested_rate"]!:G2}, ", text, StringComparison.Ordinal);
        Assert.Equal((bool)found["all_tried"]!, text.Contains("all rates were tried", StringComparison.Ordinal));
        Assert.Equal(text.Split('\n').Count(line => line.Contains('█', StringComparison.Ordinal)), (points.Count + 9) / 10);
        Assert.Equal((double)found["lowest_rate"]!, (double)points[0]!["learning_rate"]!);
        Assert.All(points, point => Assert.InRange((double)point!["smoothed_loss"]!, 0.01, 20));
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
