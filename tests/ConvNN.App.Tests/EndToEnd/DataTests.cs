using System.Text.Json;
using ConvNN.Data.Tests.Download;
using ConvNN.Pictures;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>How a run gets its dataset, and the commands that care for datasets.</summary>
[Collection(ProgramCollection.Name)]
public class DataTests
{
    private const string Mnist = "mnist";
    private const string Sample = "note=\"SAMPLE, NOT MNIST\"";
    private static readonly string[] Short = ["--limit", "100", "--epochs", "2", "-o", "out"];

    [Fact]
    public async Task DataGet_ThenTrain_FetchesOnceAndThenNeedsNoNetwork()
    {
        string? mnist = Environment.GetEnvironmentVariable("CONVNN_Data__Directory");
        Assert.SkipWhen(string.IsNullOrEmpty(mnist), "CONVNN_Data__Directory names no folder with MNIST.");
        using TemporaryFolder folder = new();
        string cache = Path.Combine(folder["cache"], "convnn", Mnist);
        await using LoopbackServer server = LoopbackServer.Start(
            async (request, answer) => await answer.FileAsync(request, await File.ReadAllBytesAsync(Path.Combine(mnist!, request.File)), "v1"));

        (int exitCode, string output, string error) = await RunAsync(folder, server.Address, ["data", "get", Mnist]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches($@"Z fetch dataset=mnist bytes=0 total_bytes=11594722 .* mirror={server.Address.Authority}\r?\n", output);
        Assert.Matches($@"Z cached dataset=mnist fetched_bytes=11594722 seconds=[\d.]+ bytes=54950048 folder={cache}\r?\n$", output);
        Assert.Equal(4, server.Requests.Count);
        (exitCode, output, error) = await RunAsync(folder, server.Address, ["data", "get", Mnist]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("fetched_bytes=0 ", output, StringComparison.Ordinal);
        (exitCode, output, error) = await RunAsync(folder, server.Address, ["--data", Mnist, .. Short]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains($"source={cache}", output, StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData(Mnist, @"the four \.gz files of https://\S+/", "them")]
    [InlineData("fashion-mnist", @"the four \.gz files of https://\S+/", "them")]
    [InlineData("cifar-10", @"https://www\.cs\.toronto\.edu/~kriz/cifar-10-binary\.tar\.gz", "it")]
    public async Task Train_NamedDatasetCannotBeHad_IsNeverReplaced(string name, string what, string it)
    {
        using TemporaryFolder folder = new();
        Uri nobody = LoopbackServer.Nobody();

        (int, string, string)[] runs =
        [
            await RunAsync(folder, nobody, ["--data", name]),
            await RunAsync(folder, nobody, [], ("CONVNN_Data__Dataset", name)),
            await RunAsync(folder, nobody, ["--set", $"Data:Dataset={name}"]),
            await RunAsync(folder, nobody, ["data", "get", name]),
        ];

        Assert.All(runs, run => Assert.Equal(8, run.Item1));
        Assert.All(runs, run => Assert.Matches(
            $@"^download: {name} cannot be downloaded: {nobody.Authority} cannot be reached \(.+\)\. By hand: put {what} into {Path.Combine(folder["cache"], "convnn", name)}, or name the folder that has {it} with Data:Directory \(--data-dir\)\.\r?\n$",
            run.Item3));
        Assert.False(Directory.Exists(folder["runs"]), "A run without its dataset left a folder behind.");
    }

    /// <summary>The server is not what cannot be reached; and the proxy's password is nobody's business.</summary>
    [Fact]
    public async Task Download_ProxyCannotBeReached_IsNamed()
    {
        using TemporaryFolder folder = new();
        string proxy = LoopbackServer.Nobody().Authority;

        (int exitCode, _, string error) = await ProgramRun.RunAsync(
            folder, ["data", "get", Mnist], ("CONVNN_Data__Download", "true"), ("HTTPS_PROXY", $"http://me:secret@{proxy}"), ("NO_PROXY", ""));

        Assert.Equal(8, exitCode);
        Assert.StartsWith($"download: mnist cannot be downloaded: storage.googleapis.com cannot be reached through the proxy {proxy} (", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    /// <summary>A container gives the root folder to a user whom it does not know: nothing of a cache belongs there.</summary>
    [Fact]
    public async Task DataPath_NoHomeFolder_SaysWhatToSet()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There the cache is not in the home folder.");
        using TemporaryFolder folder = new();

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["data", "path"], ("XDG_CACHE_HOME", ""), ("HOME", "/"));
        (int trained, string output, _) = await ProgramRun.RunAsync(folder, Short, ("XDG_CACHE_HOME", ""), ("HOME", "/"), ("CONVNN_Data__Dataset", "auto"));

        Assert.Equal((4, "cache: There is no home folder to keep datasets in; set XDG_CACHE_HOME, or name a dataset's folder with Data:Directory."), (exitCode, error.TrimEnd()));
        Assert.Equal(0, trained);
        Assert.Contains("Z warning text=\"SAMPLE, NOT MNIST: MNIST is not available, so this run uses the embedded sample of digits: There is no home folder", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Train_AutoWithoutMnist_SaysInEveryLineThatItIsTheSample(string isDownloadAllowed)
    {
        using TemporaryFolder folder = new();
        await using LoopbackServer server = LoopbackServer.Start((_, answer) => answer.WholeAsync([], "404 Not Found"));

        (int exitCode, string output, string error) = await RunAsync(folder, server.Address, ["--download", isDownloadAllowed, .. Short], ("CONVNN_Data__Dataset", "auto"));

        Assert.Equal((0, ""), (exitCode, error));
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string reason = isDownloadAllowed == "true" ? "answers 404 Not Found" : "and Data:Download is false";
        Assert.Contains(lines, line => line.Contains("Z warning ", StringComparison.Ordinal) && line.Contains("SAMPLE, NOT MNIST: MNIST is not available", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal));
        string[] told = [.. lines.Where(line => new[] { "Z data ", "Z epoch ", "Z done " }.Any(word => line.Contains(word, StringComparison.Ordinal)))];
        Assert.Equal(4, told.Length);
        Assert.All(told, line => Assert.Contains(Sample, line, StringComparison.Ordinal));
        Assert.Equal(isDownloadAllowed == "true" ? 1 : 0, server.Requests.Count);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData(Mnist)]
    public async Task Train_GivenFolderLacksFiles_IsNotReplacedEither(string name)
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["empty"]);
        await using LoopbackServer server = LoopbackServer.Start((_, answer) => answer.WholeAsync([], "404 Not Found"));

        (int exitCode, _, string error) = await RunAsync(folder, server.Address, ["--data", name, "--data-dir", "empty"]);

        Assert.Equal(3, exitCode);
        Assert.StartsWith(
            $"dataset: {folder["empty"]}: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte not found, raw or as .gz; put the four files of a dataset there (https://",
            error,
            StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Train_DamagedCacheAndNoDownload_NamesTheDamage()
    {
        using TemporaryFolder folder = new();
        string cache = Path.Combine(folder["cache"], "convnn", Mnist);
        Directory.CreateDirectory(cache);
        File.WriteAllText(Path.Combine(cache, "train-images-idx3-ubyte"), "<html>");

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["--data", Mnist]);

        Assert.Equal(8, exitCode);
        Assert.StartsWith($"download: mnist is not intact in {cache} ({Path.Combine(cache, "train-images-idx3-ubyte")}: magic 0x3C68746D found", error, StringComparison.Ordinal);
        Assert.Contains("Data:Download is false", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data", "get", "mnist")]
    [InlineData("train", "--data", "mnist")]
    public async Task Download_Interrupted_KeepsWhatHasArrived(params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        const int Sent = 100_000;
        using TemporaryFolder folder = new();
        await using LoopbackServer server = LoopbackServer.Start(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK", "ETag: \"v1\"", "Content-Length: 9000000");
            await answer.WriteAsync(new byte[Sent]);
            await answer.SilenceAsync();
        });
        using ProgramRun run = ProgramRun.Start(folder, arguments, Settings(server.Address));
        await run.ReadToAsync("fetch");
        FileInfo part = new(Path.Combine(folder["cache"], "convnn", Mnist, "train-images-idx3-ubyte.gz.part"));
        await UntilAsync(() =>
        {
            part.Refresh();
            return part.Exists && part.Length == Sent;
        });

        await run.SignalAsync("INT");
        (int exitCode, _, string error) = await run.EndAsync();

        Assert.Equal(130, exitCode);
        Assert.Equal($"stopped by SIGINT: mnist is incomplete; the next run resumes from the files in {part.DirectoryName}.", error.TrimEnd());
        part.Refresh();
        Assert.Equal(Sent, part.Length);
    }

    [Fact]
    public async Task DataPath_Name_IsTheFolderAlone()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["data", "path", "fashion-mnist"]);
        (_, string root, _) = await ProgramRun.RunAsync(folder, ["data", "path"]);

        Assert.Equal((0, Path.Combine(folder["cache"], "convnn", "fashion-mnist"), ""), (exitCode, output.TrimEnd('\r', '\n'), error));
        Assert.Equal(Path.Combine(folder["cache"], "convnn"), root.TrimEnd('\r', '\n'));
    }

    [Fact]
    public async Task DataList_EmptyCache_NamesEachAndHowToFetchOne()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["data", "list"]);
        (_, string json, _) = await ProgramRun.RunAsync(folder, ["data", "list", "--json"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"(?m)^mnist +60,000 +10,000 +no +– +11\.6 MB +\S+mnist\r?$", output);
        Assert.Matches(@"(?m)^cifar-10 +50,000 +10,000 +no +– +170\.1 MB +\S+cifar-10\r?$", output);
        Assert.Matches(@"(?m)^sample +4,000 +1,000 +built in +– +– +–\r?$", output);
        Assert.Matches(@"(?m)^To fetch one: dotnet \S+convnn\.dll data get mnist\r?$", output);
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal(["mnist", "fashion-mnist", "cifar-10", "sample"], document.RootElement.EnumerateArray().Select(dataset => dataset.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task DataCheck_FolderWithFaults_NamesThemAll()
    {
        using TemporaryFolder folder = new();
        WritePicture(folder, "photos/train/cat/1.png", 7);
        WritePicture(folder, "photos/train/dog & co/1.png", 9);
        WritePicture(folder, "photos/test/cat/same.png", 7);
        await File.WriteAllBytesAsync(folder["photos/train/cat/broken.png"], [1, 2, 3], TestContext.Current.CancellationToken);

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["data", "check", "photos", "--html", "page.html"]);

        Assert.Equal((3, ""), (exitCode, error));
        Assert.Equal(
            $"""
            folder      {folder["photos"]}: 4 pictures, 2 classes
            class     train  test  validation
            cat           2     1           0
            dog & co      1     0           0
            sizes       all 2×2; 0 in colour, 3 grey
            unreadable  {folder["photos/train/cat/broken.png"]}: is no picture: it begins with 010203; expected PNG, JPEG, GIF, BMP, PGM or PPM; save it as one of them.
            duplicates  train/cat/1.png = test/cat/same.png
            others      test has no pictures of dog & co
            result      a run would refuse it: mend what is listed above
            saved       page.html: open it in a browser

            """.ReplaceLineEndings("\n"),
            output.ReplaceLineEndings("\n"));
        string page = await File.ReadAllTextAsync(folder["page.html"], TestContext.Current.CancellationToken);
        Assert.Contains("dog &amp; co", page, StringComparison.Ordinal);
        Assert.Equal(1 + 3, page.Split("data:image/png").Length - 1);
    }

    [Fact]
    public async Task DataCheck_SamePictureInTwoClasses_SaysSo()
    {
        using TemporaryFolder folder = new();
        WritePicture(folder, "photos/train/cat/1.png", 7);
        WritePicture(folder, "photos/train/dog/1.png", 7);
        WritePicture(folder, "photos/test/dog/2.png", 8);

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, ["data", "check", "photos"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("\nduplicates  train/cat/1.png = train/dog/1.png\ntwo classes train/cat/1.png as cat, train/dog/1.png as dog\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DataCheck_SoundFolderAsJson_HasEveryPicture()
    {
        using TemporaryFolder folder = new();
        WritePicture(folder, "photos/a/1.png", 7);
        WritePicture(folder, "photos/b/1.png", 9);
        WritePicture(folder, "photos/test/b/1.png", 10);

        (int exitCode, string output, _) = await ProgramRun.RunAsync(folder, ["data", "check", "photos", "--json"]);

        Assert.Equal(0, exitCode);
        using JsonDocument check = JsonDocument.Parse(output);
        Assert.True(check.RootElement.GetProperty("sound").GetBoolean());
        Assert.Equal(
            [("a/1.png", "train", "a"), ("b/1.png", "train", "b"), ("test/b/1.png", "test", "b")],
            check.RootElement.GetProperty("pictures").EnumerateArray().Select(picture => (
                picture.GetProperty("file").GetString()!.Replace('\\', '/'), picture.GetProperty("part").GetString()!, picture.GetProperty("class").GetString()!)));
    }

    [Theory]
    [InlineData("usage: 'mnits' is not a dataset; ", "data", "get", "mnits")]
    [InlineData("usage: data needs a subcommand: get, list, path, check; ", "data")]
    [InlineData("usage: sample is part of the program and has no folder.", "data", "path", "sample")]
    public async Task Data_Misused_SaysHow(string expected, params string[] arguments)
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(folder, arguments);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    private static void WritePicture(TemporaryFolder folder, string name, byte grey)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        File.WriteAllBytes(folder[name], PngWriter.Write(new Picture(2, 2, 1, [grey, grey, grey, grey])));
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(
        TemporaryFolder folder, Uri mirror, string[] arguments, params (string, string)[] environment)
    {
        // Each run of a test has a folder of its own.
        if (Directory.Exists(folder["out"]))
        {
            Directory.Delete(folder["out"], recursive: true);
        }

        return ProgramRun.RunAsync(folder, arguments, [.. Settings(mirror), .. environment]);
    }

    private static (string, string)[] Settings(Uri mirror) => [("CONVNN_Data__Download", "true"), ("CONVNN_Data__Mirror", mirror.AbsoluteUri)];

    // A file that another process writes tells nobody when it has grown.
    private static async Task UntilAsync(Func<bool> isReached)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!isReached())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
