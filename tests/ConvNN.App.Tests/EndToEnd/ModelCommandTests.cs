using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConvNN.App.Commands.Models;
using ConvNN.App.Configuration;
using ConvNN.Formats;
using ConvNN.Pictures;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>The commands that work with what was trained, on a run of one epoch over 300 images of the sample.</summary>
[Collection(ProgramCollection.Name)]
public sealed class ModelCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public async ValueTask InitializeAsync() => await ProgramRun.RunAsync(_folder, ["--limit", "300", "--epochs", "1", "-o", "runs/first"]);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Evaluate_NewestRun_GivesTheRunsAccuracy()
    {
        JsonNode result = JsonNode.Parse(File.ReadAllText(_folder["runs/first/run.json"]))!["result"]!;

        (int exitCode, string output, string error) = await RunAsync("evaluate", "--json");

        JsonNode found = JsonNode.Parse(output)!;
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal((double)result["test_accuracy"]!, (double)found["accuracy"]!);
        Assert.Equal((string)result["weights_sha256"]!, (string)found["weights_sha256"]!);
        Assert.Equal((int)found["test_images"]!, found["confusion"]!.AsArray().Sum(row => row!.AsArray().Sum(cell => (int)cell!)));
        Assert.InRange((double)found["interval_low"]!, 0, (double)found["accuracy"]!);
    }

    /// <summary>Folders of runs are offered for completion, but are no part of the help.</summary>
    [Theory]
    [InlineData("--help")]
    [InlineData("verify", "--help")]
    [InlineData("report", "--help")]
    public async Task Help_WhereRunsAre_NamesNoneOfThem(params string[] arguments)
    {
        (int exitCode, string output, _) = await RunAsync(arguments);

        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("<runs/", output, StringComparison.Ordinal);
        Assert.Contains("<RUN>", output, StringComparison.Ordinal);
    }

    /// <summary>Without a word on the dataset, a model that was taken out of its run is not tested on MNIST first.</summary>
    [Fact]
    public async Task Evaluate_ModelWithoutItsRun_TestsOnWhatItWasTrainedOn()
    {
        RunConfiguration run = new() { Data = new DataOptions { Download = false, CacheDirectory = _folder["cache"] } };

        ModelTest test = await ModelTest.RunAsync(_folder["runs/first/model.safetensors"], run, null!, TestContext.Current.CancellationToken);

        Assert.Equal(("sample", null), (test.Data.Name, test.Data.FallbackReason));
    }

    [Fact]
    public async Task Evaluate_AsTable_HasALineForEachClass()
    {
        (_, string output, _) = await RunAsync("evaluate", "--model", "runs/first/model.safetensors");

        Assert.Matches(@"(?m)^top     \d+\.\d\d % among the 2 likeliest classes, \d+\.\d\d % among 3, \d+\.\d\d % among 5\r?$", output);
        Assert.Matches(@"(?m)^result  \d+\.\d\d % \(\d+ of [\d,]+ wrong; 95 % interval \d+\.\d\d–\d+\.\d\d\)\r?$", output);
        Assert.Matches(@"(?m)^    9( +(·|\d+)){10} +(–|\d+\.\d) +\d+\.\d +(–|\d+\.\d)\r?$", output);
    }

    [Fact]
    public async Task Predict_LightPicture_IsFittedShownAndSaid()
    {
        byte[] paper = new byte[100 * 60];
        Array.Fill(paper, (byte)250);
        for (int y = 10; y < 50; y++)
        {
            paper.AsSpan((y * 100) + 40, 8).Clear();
        }

        File.WriteAllBytes(_folder["one.png"], PngWriter.Write(new Picture(100, 60, 1, paper)));

        (int exitCode, string output, string error) = await RunAsync("predict", "one.png");
        (_, string json, _) = await RunAsync("predict", "one.png", "--json");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"(?m)^one\.png: \d, \d+\.\d\d %; inverted, since its border is light, scaled from 100×60 and centred\r?$", output);
        Assert.Contains("@@@@", output, StringComparison.Ordinal);
        Assert.Matches(@"(?m) {58}  0 +\d+\.\d\d %\r?$", output);
        JsonNode answer = JsonNode.Parse(json)![0]!;
        Assert.Equal(10, answer["probabilities"]!.AsArray().Count);
        Assert.Equal(1, answer["probabilities"]!.AsArray().Sum(probability => (double)probability!), 1e-5);
    }

    /// <summary>The default network has eight filters, whose maps are pictures as those of the pool are; a layer of units is one picture.</summary>
    [Fact]
    public async Task Explain_Picture_ShowsWhatMattersAndEachLayer()
    {
        File.WriteAllBytes(_folder["<b>.png"], PngWriter.Write(new Picture(28, 28, 1, [.. Enumerable.Range(0, 28 * 28).Select(i => (byte)(i % 28 is 13 or 14 ? 255 : 0))])));

        (int exitCode, string output, string error) = await RunAsync("explain", "<b>.png");
        (_, string named, _) = await RunAsync("explain", "<b>.png", "--class", "7", "--html", "seven.html");

        (int unwritable, _, string fault) = await RunAsync("explain", "<b>.png", "--html", "none/page.html");

        Assert.Equal(4, unwritable);
        Assert.Matches(@"^output: none.page\.html: cannot be written: there is no folder .*none; name a file in an existing folder\.\n$", fault);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"(?m)^<b>\.png: \d, \d+\.\d\d %\r?$", output);
        Assert.Matches(@"(?m)^saved   explain\.html: what matters for \d, and the output of each layer; open it in a browser\r?$", output);
        Assert.Contains("saved   seven.html: what matters for 7,", named, StringComparison.Ordinal);
        string page = File.ReadAllText(_folder["explain.html"]);
        Assert.Equal(["conv1", "pool1", "flatten1", "dense1", "dense2", "dense3"], Regex.Matches(page, "<h2>([a-z]+[0-9])</h2>").Select(match => match.Groups[1].Value));
        Assert.Equal(3 + 8 + 8 + 4, Regex.Count(page, "<img "));
        Assert.Equal(10, Regex.Count(page, "<meter "));
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
        Assert.NotEqual(page, File.ReadAllText(_folder["seven.html"]));
    }

    [Fact]
    public async Task Predict_Pgm_IsReadToo()
    {
        byte[] stroke = new byte[28 * 28];
        for (int y = 4; y < 24; y++)
        {
            stroke.AsSpan((y * 28) + 13, 2).Fill(255);
        }

        File.WriteAllBytes(_folder["one.PGM"], [.. "P5 28 28 255\n"u8, .. stroke]);

        (int exitCode, string output, string error) = await RunAsync("predict", "one.PGM");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"(?m)^one\.PGM: \d, \d+\.\d\d %\r?$", output);
        Assert.Contains("@@@@", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_Folder_AnswersForEveryPictureInIt()
    {
        Directory.CreateDirectory(_folder["photos/inner"]);
        byte[] picture = PngWriter.Write(new Picture(28, 28, 1, new byte[28 * 28]));
        File.WriteAllBytes(_folder["photos/b.PNG"], picture);
        File.WriteAllBytes(_folder["photos/inner/c.gif"], picture);
        File.WriteAllText(_folder["photos/notes.txt"], "no picture");

        (int exitCode, string output, string error) = await RunAsync("predict", "photos");
        Directory.CreateDirectory(_folder["none"]);
        (int empty, _, string refused) = await RunAsync("predict", "none");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"(?m)^total   2 images: \d 2; 1 other file left out\r?$", output);
        Assert.Equal(["photos/b.PNG", "photos/inner/c.gif"], output.Split('\n').Where(line => line.StartsWith("photos", StringComparison.Ordinal)).Select(line => line.Split(':')[0].Replace('\\', '/')));
        Assert.Contains("blank, all its values are equal", output, StringComparison.Ordinal);
        Assert.Equal(3, empty);
        Assert.StartsWith("dataset: none: has no pictures (.png, .jpg, ", refused, StringComparison.Ordinal);
    }

    /// <summary>More pictures than fit a screen get a line each; a broken one does not keep the others from theirs.</summary>
    [Fact]
    public async Task Predict_ManyPicturesAndBrokenOnes_AnswersForTheOthers()
    {
        Directory.CreateDirectory(_folder["many"]);
        byte[] picture = PngWriter.Write(new Picture(28, 28, 1, new byte[28 * 28]));
        Array.ForEach(["1.png", "2.png", "4.png", "5.png"], name => File.WriteAllBytes(_folder[$"many/{name}"], picture));
        File.WriteAllText(_folder["many/3.png"], "broken");

        (int exitCode, string output, string error) = await RunAsync("predict", "many", "none.png", "--model", "runs/first");
        (int exitCodeOfJson, string json, string errorOfJson) = await RunAsync("predict", "many", "none.png", "--model", "runs/first", "--json");

        Assert.Equal((3, 3), (exitCode, exitCodeOfJson));
        string digit = Regex.Match(output, @"(?m)^many/1\.png +(\d) ").Groups[1].Value;
        Assert.Matches($@"^model   \S+\nmany.1\.png  {digit}  +\d+\.\d\d %\nmany.2\.png  {digit}  +\d+\.\d\d %\nmany.4\.png .*\nmany.5\.png .*\ntotal   4 images: {digit} 4; 2 could not be read\n$", output.ReplaceLineEndings("\n"));
        Assert.Matches(@"^picture: many.3\.png: is no picture: .*\npicture: none\.png: there is no such file in .*; check its name, or give its whole path\.\npicture: 2 of 6 files could not be read; the others have their answers\.\n$", error.ReplaceLineEndings("\n"));
        Assert.Equal(error, errorOfJson);
        Assert.Equal(4, json.TrimEnd().Split('\n').Length);
        Assert.Equal(4, JsonNode.Parse(json)!.AsArray().Count);
    }

    [Fact]
    public async Task Export_Onnx_WritesAFile()
    {
        (int exitCode, string output, _) = await RunAsync("export", "--onnx", "model.onnx");
        (int refused, _, string error) = await RunAsync("export", "--onnx", "none/model.onnx");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"^saved   model\.onnx: ONNX, operators 17, [\d,]+ bytes, from runs.first.model\.safetensors", output);
        Assert.True(new FileInfo(_folder["model.onnx"]).Length > 700_000);
        Assert.Equal(4, refused);
        Assert.StartsWith("output: none/model.onnx: cannot be written: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_RunAndModel_ShowHistoryLayersAndHash()
    {
        string hash = (string)JsonNode.Parse(File.ReadAllText(_folder["runs/first/run.json"]))!["result"]!["weights_sha256"]!;

        (_, string run, _) = await RunAsync("inspect");
        (_, string model, _) = await RunAsync("inspect", "runs/first/model.safetensors");

        Assert.Contains($"weights {hash}", run, StringComparison.Ordinal);
        Assert.Contains($"  {hash[..12]}", run, StringComparison.Ordinal);
        Assert.Contains("conv1    conv2d 8 of 3×3, relu", model, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^dense3\.weight  10×64 +-\d\S* +\d\S* +\S+\r?$", model);
    }

    [Fact]
    public async Task Inspect_AsJson_HasWhatTheFilesSay()
    {
        JsonNode written = JsonNode.Parse(File.ReadAllText(_folder["runs/first/run.json"]))!;

        (_, string run, _) = await RunAsync("inspect", "--json");
        (_, string model, _) = await RunAsync("inspect", "runs/first/model.safetensors", "--json");
        (_, string checkpoint, _) = await RunAsync("inspect", "runs/first/checkpoints/latest", "--json");

        JsonNode found = JsonNode.Parse(run)!;
        string hash = (string)written["result"]!["weights_sha256"]!;
        Assert.Equal(written.ToJsonString(), found["record"]!.ToJsonString());
        Assert.Null(found["resume"]);
        Assert.Equal((hash, 1, 1.0), ((string)found["history"]![0]!["weights_sha256"]!, (int)found["history"]![0]!["epoch"]!, (double)found["history"]![0]!["best"]!));
        Assert.Equal(JsonNode.Parse(model)!["tensors"]!.ToJsonString(), found["saved_model"]!["tensors"]!.ToJsonString());
        Assert.Equal("conv1", (string)JsonNode.Parse(model)!["model"]!["layers"]![0]!["name"]!);
        Assert.Equal((hash, 30), ((string)JsonNode.Parse(checkpoint)!["weights_sha256"]!, (int)JsonNode.Parse(checkpoint)!["step"]!));
        Assert.Equal(hash, (string)JsonNode.Parse(checkpoint)!["saved_model"]!["weights_sha256"]!);
        Assert.Equal("1", (string)JsonNode.Parse(checkpoint)!["configuration"]!["Training:Seed"]!);
    }

    [Fact]
    public async Task Runs_ListAndCompare_NameWhatDiffers()
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "300", "--epochs", "1", "--seed", "2", "--name", "other", "--set", "Training:Optimizer=adam", "--lr", "0.001", "-o", "runs/second"]);

        (_, string list, _) = await RunAsync("runs");
        (_, string json, _) = await RunAsync("runs", "--json");
        (_, string csv, _) = await RunAsync("runs", "--csv", "--sort", "rate");
        (_, string adam, _) = await RunAsync("runs", "runs", "--where", "optimizer = Adam", "--where", "accuracy >= 1 %");
        (_, string difference, _) = await RunAsync("runs", "runs/first", "runs/second");

        Assert.Matches(@"(?m)^runs.first +original +\d{4}-\d\d-\d\d \d\d:\d\d  done +1  sample +\d+\.\d\d %  \d\.\d{4}  sgd +0\.1 +10 +1  none +182,170", list);
        JsonNode first = JsonNode.Parse(json)!.AsArray().Single(run => (string)run!["name"]! == "original")!;
        JsonNode record = JsonNode.Parse(File.ReadAllText(_folder["runs/first/run.json"]))!;
        Assert.Equal((double)record["result"]!["test_accuracy"]!, (double)first["accuracy"]!);
        Assert.Equal(["run,name,started_utc", "runs/second,other,2", "runs/first,original,2"], csv.TrimEnd().Split('\n').Select(line => Regex.Match(line.Replace('\\', '/'), @"^[^,]+,[^,]+,(started_utc|2)?").Value));
        Assert.Equal(2, adam.TrimEnd().Split('\n').Length);
        Assert.Matches(@"(?m)^runs.second +other ", adam);
        Assert.Matches(@"(?m)^Training:Seed +1 +2\r?$", difference);
        Assert.Matches(@"(?m)^Training:Optimizer:Type +sgd +adam\r?$", difference);
        Assert.Contains("differ from the first epoch on", difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_Run_IsOnePageWithoutANetwork()
    {
        (int exitCode, string output, string error) = await RunAsync("report", "runs/first");

        string page = File.ReadAllText(_folder["runs/first/report.html"]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("saved   runs", output, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?i)(src|href)=""(?!data:)|@import|url\(|\bfetch\(|XMLHttpRequest", page);
        Assert.Equal(3, page.Split("class=\"plot\"").Length - 1);
        Assert.Contains("charts.drawAll();", page, StringComparison.Ordinal);
        Assert.Contains("The MIT License (MIT)", page, StringComparison.Ordinal);
        Assert.Contains("<tr><th>optimizer</th><td>sgd</td></tr><tr><th>learning rate</th><td>0.1</td></tr><tr><th>schedule</th><td>constant</td></tr><tr><th>batch size</th><td>10</td></tr><tr><th>epochs</th><td>1</td></tr><tr><th>augmentation</th><td>none</td></tr><tr><th>seed</th>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<h2>Steps</h2>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<h2>Augmentation</h2>", page, StringComparison.Ordinal);
        Assert.Contains("<h2>Confusion matrix</h2>", page, StringComparison.Ordinal);
        Assert.Contains("<h2>Filters of conv1</h2>", page, StringComparison.Ordinal);
        Assert.True(page.Split("data:image/png;base64,").Length > 20);
    }

    [Fact]
    public async Task Report_StepsAndAugmentation_AreShown()
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "300", "--epochs", "2", "--set", "Output:StepEvery=5", "--set", "Data:Augmentation:Type=random", "--name", "augmented", "-o", "runs/augmented"]);

        (int exitCode, _, string error) = await RunAsync("report", "runs/augmented", "--html", "page.html");

        string page = File.ReadAllText(_folder["page.html"]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(13, File.ReadAllLines(_folder["runs/augmented/steps.csv"]).Length);
        Assert.Contains("12 recorded steps", page, StringComparison.Ordinal);
        Assert.Equal(7, page.Split("class=\"plot\"").Length - 1);
        Assert.Contains(">augmented</p>", page, StringComparison.Ordinal);
        string pictures = page[page.IndexOf("<h2>Augmentation</h2>", StringComparison.Ordinal)..page.IndexOf("<h2>Confusion matrix</h2>", StringComparison.Ordinal)];
        string[] sources = [.. Regex.Matches(pictures, "src=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
        Assert.Equal(3 * 8, sources.Length);
        Assert.True(sources.Distinct().Count() > 12, "Hardly any image was changed.");
    }

    [Fact]
    public async Task Report_SeveralRuns_IsOnePageOfTheirCurvesAndDifferences()
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "300", "--epochs", "2", "--seed", "2", "--name", "second", "-o", "runs/second"]);

        (int exitCode, string output, string error) = await RunAsync("report", "runs/first", "runs/second", "--html", "both.html");
        (int opened, string open, string silence) = await RunAsync("runs", "--open");
        (_, string folder, _) = await RunAsync("report", "runs");

        string page = File.ReadAllText(_folder["both.html"]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("saved   both.html: ", output, StringComparison.Ordinal);
        Assert.Matches(@"^saved   runs.report\.html: ", folder);
        Assert.Equal((0, ""), (opened, silence));
        Assert.Matches(@"^saved   runs.report\.html: .* open it in a browser", open);
        Assert.Matches("(?s)<table class=\"sortable\">.*<td data-value=\"1\">1</td>.*</table>", File.ReadAllText(_folder["runs/report.html"]));
        Assert.Contains("\"name\":\"original\",\"x\":[1],", page, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"second\",\"x\":[1,2],", page, StringComparison.Ordinal);
        Assert.Contains("<tr><th>Training:Seed</th><td>1</td><td>2</td></tr>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_ClassesWithNames_NamesThemInMatrixAndCaptions()
    {
        string path = _folder["runs/first/model.safetensors"];
        ModelFile model = ModelFile.Load(path);
        ModelFile.Save(path, model.Network, model.Weights, new ModelSubject(model.Dataset) { ClassNames = ["<zero>", .. Enumerable.Range(1, 9).Select(i => $"class {i}")] });

        (int exitCode, _, string error) = await RunAsync("report", "runs/first");

        string page = File.ReadAllText(_folder["runs/first/report.html"]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(2, page.Split("<th>&lt;zero&gt;</th>").Length - 1);
        Assert.Matches("true class (class [1-9]|&lt;zero&gt;)", page);
        Assert.Matches(">(class [1-9]|&lt;zero&gt;) → (class [1-9]|&lt;zero&gt;)<br>", page);
        Assert.Contains("grey is 0, white the largest weight of the filter, black the same below 0.", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "model: none: there is no such file; name a model, or the folder of a run.", "evaluate", "--model", "none")]
    [InlineData(3, "picture: none.png: there is no such file in ", "predict", "none.png")]
    [InlineData(3, "picture: none/none.png: there is no folder ", "explain", "none/none.png")]
    [InlineData(2, "usage: --class '17' is not a class of the model; did you mean 1? (known here: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9).", "explain", "none.png", "--class", "17")]
    [InlineData(2, "usage: export needs the file to write: --onnx model.onnx.", "export")]
    [InlineData(2, "usage: runs lists a folder of runs, or compares two or more: runs A B.", "runs", "runs/first")]
    [InlineData(2, "usage: runs compares the runs that it is given as they are; leave --sort, --descending, --where, --csv and --json out.", "runs", "runs/first", "runs/first", "--csv")]
    [InlineData(2, "usage: report of several runs needs the file to write: --html compared.html.", "report", "runs/first", "runs/first")]
    [InlineData(2, "usage: --csv and --json are two forms of one list; leave one out.", "runs", "--csv", "--json")]
    [InlineData(2, "usage: --descending has a meaning only with --sort; leave it out.", "runs", "--descending")]
    [InlineData(2, "usage: --sort 'acuracy' is not a column; did you mean accuracy? (known here: run, name, ", "runs", "--sort", "acuracy")]
    [InlineData(2, "usage: --where 'epoch' is not a column; did you mean epochs?", "runs", "--where", "epoch > 1")]
    [InlineData(2, "usage: --where 'accuracy' is not a comparison; expected a column, one of = != < <= > >= and a value: ", "runs", "--where", "accuracy")]
    [InlineData(2, "usage: --where 'accuracy > high': 'high' is not a number, as accuracy is; expected ", "runs", "--where", "accuracy > high")]
    [InlineData(2, "configuration: Name is ../x; it must have 1 to 64 letters, digits, _, - or points", "--name", "../x")]
    [InlineData(5, "run: none: is not a run folder", "runs", "runs/first", "none")]
    public async Task Command_SomethingMissing_SaysWhatInOneLine(int expectedCode, string expected, params string[] arguments)
    {
        (int exitCode, _, string error) = await RunAsync(arguments);

        Assert.Equal(expectedCode, exitCode);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => ProgramRun.RunAsync(_folder, arguments);
}
