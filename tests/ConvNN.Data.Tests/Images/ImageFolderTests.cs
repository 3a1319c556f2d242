using System.Diagnostics;
using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Files;
using ConvNN.Model;
using ConvNN.Pictures;

namespace ConvNN.Data.Tests.Images;

public class ImageFolderTests
{
    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Load_TrainAndTest_HaveTheirPicturesAndClassesByName()
    {
        using TemporaryFolder folder = new();
        Write(folder, "train/cat/b.png", Grey(3, 2, 20));
        Write(folder, "train/cat/a.PNG", Grey(3, 2, 10));
        Write(folder, "train/ant/x.png", Grey(3, 2, 30));
        Write(folder, "train/ant/notes.txt", [1]);
        Write(folder, "test/cat/c.png", Grey(3, 2, 40));

        DatasetPair data = await LoadAsync(folder);

        Assert.Equal((Shape.Image(1, 2, 3), 2, 3, 1), (data.Train.Shape, data.Train.Classes, data.Train.Count, data.Test.Count));
        Assert.Equal(["ant", "cat"], data.ClassNames!);
        Assert.Equal([(30, 0), (10, 1), (20, 1)], Enumerable.Range(0, 3).Select(i => ((int)data.Train.Image(i)[0], (int)data.Train.Label(i))));
        Assert.Equal((40, 1), (data.Test.Image(0)[0], data.Test.Label(0)));
        Assert.Equal((Path.GetFileName(folder.Path), false), (data.Name, data.IsAsPublished));
    }

    [Fact]
    public async Task Load_WithoutTest_KeepsAFifthThatIsAlwaysTheSame()
    {
        using TemporaryFolder folder = new();
        for (int i = 0; i < 20; i++)
        {
            Write(folder, $"{(i % 2 == 0 ? "even" : "odd")}/{i:00}.png", Grey(2, 2, (byte)i));
        }

        DatasetPair data = await LoadAsync(folder), again = await LoadAsync(folder);

        int[] train = [.. Pixels(data.Train)], test = [.. Pixels(data.Test)];
        Assert.Equal((16, 4), (train.Length, test.Length));
        Assert.Equal(Enumerable.Range(0, 20), train.Concat(test).Order());
        Assert.Equal(test, Pixels(again.Test));
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(test[i] % 2, data.Test.Label(i)));
    }

    [Fact]
    public async Task Load_OneInColour_MakesAllSoByChannel()
    {
        using TemporaryFolder folder = new();
        Write(folder, "a/1.png", Grey(1, 1, 7));
        Write(folder, "b/1.png", PngWriter.Write(new Picture(1, 1, 3, [1, 2, 3])));
        Write(folder, "test/a/1.png", Grey(1, 1, 9));

        DatasetPair data = await LoadAsync(folder);

        Assert.Equal(Shape.Image(3, 1, 1), data.Train.Shape);
        Assert.Equal([7, 7, 7], data.Train.Image(0).ToArray());
        Assert.Equal([1, 2, 3], data.Train.Image(1).ToArray());
        Assert.Equal([9, 9, 9], data.Test.Image(0).ToArray());
    }

    [Fact]
    public async Task Load_ImageSize_ResizesByArea()
    {
        using TemporaryFolder folder = new();
        Write(folder, "a/1.png", PngWriter.Write(new Picture(4, 2, 1, [0, 100, 200, 200, 100, 200, 200, 200])));
        Write(folder, "b/1.png", Grey(3, 3, 50));

        DatasetPair data = await LoadAsync(folder, new DatasetOptions { ImageSize = 1 });

        Assert.Equal([50, 150], Pixels(data.Train).Concat(Pixels(data.Test)).Order());
    }

    [Fact]
    public async Task Load_WrongFolders_AreRefusedInOneLine()
    {
        using TemporaryFolder folder = new();
        Write(folder, "1.png", Grey(2, 2, 1));
        await RefusedAsync(folder, "{0}: has 1 pictures but no folders; expected 2 to 256, one for each class, with its pictures.");
        File.Delete(folder.File("1.png"));
        Write(folder, "a/1.png", Grey(2, 2, 1));
        await RefusedAsync(folder, "{0}: has 1 folder, expected 2 to 256, one for each class, with its pictures.");
        Write(folder, "b/2.webp", [1]);
        await RefusedAsync(folder, "{0}/b: has no pictures (.png, .jpg, .jpeg, .jpe, .jfif, .gif, .bmp, .pgm, .ppm, .pnm), but not read: 1 .webp (such as b/2.webp); put those of class b there, or move the folder elsewhere.");
        Write(folder, "b/inner/1.png", Grey(2, 2, 1));
        await RefusedAsync(folder, "{0}/b/inner: is a folder in the folder of class b; move its pictures to {0}/b.");
        Write(folder, "b/1.png", Grey(3, 2, 1));
        await RefusedAsync(folder, "{0}/b/1.png: is 3×2, expected 2×2 as {0}/a/1.png; resize them all with Data:ImageSize, such as 28.", isStart: false);
        Write(folder, "b/1.png", [1, 2, 3]);
        await RefusedAsync(folder, "{0}/b/1.png: ");
        Write(folder, "b/1.png", Grey(2, 2, 1));
        Write(folder, "test/c/1.png", Grey(2, 2, 1));
        await RefusedAsync(folder, "{0}/test/c: there are no training images of class c; the classes are a, b.");
    }

    /// <summary>As archives from other systems unpack. Only a shell can make and delete such a name.</summary>
    [Fact]
    public async Task Load_ClassNameThatIsNotInUtf8_SaysSo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems know no such names.");
        using TemporaryFolder folder = new();
        Write(folder, "a/1.png", Grey(2, 2, 1));
        Write(folder, "b/1.png", Grey(2, 2, 1));
        Shell("mv \"$0/b\" \"$0/$(printf 'caf\\351')\"");

        await RefusedAsync(folder, "{0}: cannot be read: the name caf\uFFFD is not in UTF-8; rename it");

        Shell("rm -r \"$0\"/*");

        void Shell(string line)
        {
            using Process shell = Process.Start("sh", ["-c", line, folder.Path]);
            shell.WaitForExit();
        }
    }

    /// <summary>An archive often has a folder of its own name in it.</summary>
    [Fact]
    public async Task Load_FolderAroundTheDataset_NamesTheOneInside()
    {
        using TemporaryFolder folder = new();
        Write(folder, "flowers/train/a/1.png", Grey(2, 2, 1));

        await RefusedAsync(folder, "{0}: has one folder, flowers, expected 2 to 256, one for each class, with its pictures; name {0}/flowers if the dataset is there.");
    }

    [Theory]
    [InlineData("val")]
    [InlineData("valid")]
    [InlineData("Validation")]
    public async Task Load_PartForValidation_IsUsedAsOne(string name)
    {
        using TemporaryFolder folder = new();
        WriteAll(folder, ["Train/a/1.png", "Train/b/1.png", "TEST/a/1.png", $"{name}/b/1.png", $"{name}/b/2.png"]);

        DatasetPair data = await LoadAsync(folder);

        Assert.Equal((2, 1, 2), (data.Train.Count, data.Test.Count, data.Validation!.Count));
        Assert.Equal("validation", data.Validation.Part);
        Assert.Equal($"TEST has no pictures of b; {name} has no pictures of a", data.LeftOut);
    }

    [Fact]
    public async Task Load_TwoPartsForValidation_AreRefused()
    {
        using TemporaryFolder folder = new();
        WriteAll(folder, ["train/a/1.png", "train/b/1.png", "val/a/1.png", "valid/a/1.png"]);

        await RefusedAsync(folder, "{0}: has val and valid, which mean the same; keep one of them.");
    }

    [Fact]
    public async Task Load_WhatIsNotRead_IsCounted()
    {
        using TemporaryFolder folder = new();
        WriteAll(folder, ["train/a/1.png", "train/b/1.png", "test/a/1.png", "test/b/1.png", "train/a/2.webp", "train/a/3.WEBP", "train/b/notes.txt", "train/b/plain"]);
        WriteAll(folder, ["train/b/inner/1.png", "notes.csv", "extra/1.png", "val/readme.md", ".git/config", "train/a/Thumbs.db", "train/a/.DS_Store", "__MACOSX/a/1.png"]);

        DatasetPair data = await LoadAsync(folder);

        Assert.Equal((2, 2), (data.Train.Count, data.Test.Count));
        Assert.Null(data.Validation);
        Assert.Equal("not read: 1 .csv, 1 .md, 1 .txt, 2 .webp, 1 without extension, 2 folders (such as X/extra); val has no pictures and is not used", data.LeftOut!.Replace(Path.GetFileName(folder.Path), "X", StringComparison.Ordinal));
    }

    /// <summary>An archive made on a Mac may have the letter é as two code points.</summary>
    [Fact]
    public async Task Load_ClassNamesThatLookAlike_AreShownWithTheirCodePoints()
    {
        using TemporaryFolder folder = new();
        WriteAll(folder, ["train/caf\u00e9/1.png", "train/tea/1.png", "test/cafe\u0301/1.png"]);

        await RefusedAsync(folder, "{0}/test/cafe\u0301: there are no training images of class cafe\u0301 (U+0301); the classes are caf\u00e9 (U+00E9), tea.");
    }

    /// <summary>A limit, the test and the validation part hold every class in proportion; a folder is sorted by class.</summary>
    [Fact]
    public async Task Take_SomeOfAFolder_HasEveryClassInProportion()
    {
        using TemporaryFolder folder = new();
        for (int i = 0; i < 40; i++)
        {
            Write(folder, $"{(i < 30 ? "often" : "rare")}/{i:00}.png", Grey(2, 2, (byte)i));
        }

        DatasetPair data = await LoadAsync(folder);

        Assert.Equal((6, 2), (CountOf(data.Test, 0), CountOf(data.Test, 1)));
        Assert.Equal((24, 8), (CountOf(data.Train, 0), CountOf(data.Train, 1)));
        Assert.Equal((6, 2), (CountOf(data.Train.Take(8), 0), CountOf(data.Train.Take(8), 1)));
        Assert.Equal((3, 1), (CountOf(data.Train.Take(8).Take(4), 0), CountOf(data.Train.Take(8).Take(4), 1)));
    }

    private static int CountOf(ImageDataset data, int label) => Enumerable.Range(0, data.Count).Count(i => data.Label(i) == label);

    private static void WriteAll(TemporaryFolder folder, string[] names) => Array.ForEach(names, name => Write(folder, name, Grey(2, 2, 1)));

    [Fact]
    public async Task Load_AsMnist_FitsPicturesIntoItsFrame()
    {
        using TemporaryFolder folder = new();
        Write(folder, "a/1.png", PngWriter.Write(new Picture(60, 50, 1, [.. Enumerable.Repeat((byte)255, 60 * 25), .. Enumerable.Repeat((byte)0, 300), .. Enumerable.Repeat((byte)255, (60 * 25) - 300)])));
        Write(folder, "b/1.png", Grey(28, 28, 0));

        DatasetPair data = await LoadAsync(folder, new DatasetOptions { Prepare = "mnist" });

        Assert.Equal((Shape.Image(1, 28, 28), Preparations.Mnist), (data.Train.Shape, data.Preparation));
        Assert.Equal([0, 0], Pixels(data.Train).Concat(Pixels(data.Test)).Order());
    }

    /// <summary>As Kaggle has it: the test pictures have no labels.</summary>
    [Theory]
    [InlineData("test/1.png")]
    [InlineData("test/.hidden/1.png")]
    public async Task Load_TestFolderWithoutClasses_IsRefused(string picture)
    {
        using TemporaryFolder folder = new();
        Write(folder, "train/a/1.png", Grey(2, 2, 1));
        Write(folder, "train/b/1.png", Grey(2, 2, 1));
        Write(folder, picture, Grey(2, 2, 1));

        await RefusedAsync(folder, "{0}/test: has no picture in the folder of a class; put the test pictures into folders such as {0}/test/a, or rename test to hold out a fifth of the others.");
    }

    /// <summary>In colour, three bytes a pixel; the second file alone tells that all have three channels.</summary>
    [Theory]
    [InlineData(24, true)]
    [InlineData(23, false)]
    public async Task Load_PicturesThatTakeMoreThanTheMemory_AreDecodedForEachUse(int memory, bool isInMemory)
    {
        using TemporaryFolder folder = new();
        Write(folder, "a/1.png", Grey(2, 2, 1));
        Write(folder, "b/1.png", PngWriter.Write(new Picture(2, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])));

        DatasetPair expected = await LoadAsync(folder, new DatasetOptions { Normalize = "standard" });
        DatasetPair data = await LoadAsync(folder, new DatasetOptions { Normalize = "standard", Memory = memory });

        Assert.Equal((isInMemory, isInMemory), (data.Train.IsInMemory, data.Outline.IsInMemory));
        Assert.Equal(isInMemory ? 26 : 2, data.Outline.Bytes);
        Assert.Equal((expected.Train.Shape, expected.Train.ImagesSha256, expected.Test.ImagesSha256), (data.Train.Shape, data.Train.ImagesSha256, data.Test.ImagesSha256));
        Assert.Equal(expected.Train.Normalization.Means, data.Train.Normalization.Means);
        Assert.Equal(expected.Train.Image(0).ToArray(), data.Train.Image(0).ToArray());
        Assert.Equal(expected.Test.Image(0).ToArray(), data.Test.Image(0).ToArray());
    }

    [Fact]
    public async Task Image_FileThatIsNotWhatItWas_IsRefusedByName()
    {
        using TemporaryFolder folder = new();
        Array.ForEach(["train/a/1.png", "train/a/2.png", "train/b/1.png", "test/a/1.png"], name => Write(folder, name, Grey(2, 2, 1)));
        DatasetPair data = await LoadAsync(folder, new DatasetOptions { Memory = 1 });

        Write(folder, "train/a/1.png", Grey(2, 2, 200));
        File.SetLastWriteTimeUtc(Path.Combine(folder.Path, "train/a/1.png"), new DateTime(2001, 2, 3, 0, 0, 0, DateTimeKind.Utc));
        File.Delete(Path.Combine(folder.Path, "train/a/2.png"));
        File.WriteAllBytes(Path.Combine(folder.Path, "train/b/1.png"), [1, 2, 3]);

        string[] messages = [.. Enumerable.Range(0, 3).Select(i => Assert.Throws<DatasetException>(() => data.Train.Image(i)[0]).Message)];
        Assert.Equal($"{Path.Combine(folder.Path, "train/a/1.png")}: has changed since the dataset was loaded; leave its pictures as they are during a run.", messages[0]);
        Assert.StartsWith($"{Path.Combine(folder.Path, "train/a/2.png")}: there is no such file in ", messages[1], StringComparison.Ordinal);
        Assert.StartsWith($"{Path.Combine(folder.Path, "train/b/1.png")}: ", messages[2], StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(TemporaryFolder folder, string expected, bool isStart = true)
    {
        DatasetException refused = await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(folder));

        // Which of two sizes is expected depends on which picture is kept for the test.
        string message = string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, folder.Path);
        Assert.True(isStart ? refused.Message.StartsWith(message, StringComparison.Ordinal) : refused.Message.Contains("resize them all", StringComparison.Ordinal), refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static Task<DatasetPair> LoadAsync(TemporaryFolder folder, DatasetOptions? options = null) =>
        DatasetCatalog.LoadAsync((options ?? new DatasetOptions()) with { Directory = folder.Path }, cancellationToken: Hang);

    private static IEnumerable<int> Pixels(ImageDataset data) => Enumerable.Range(0, data.Count).Select(i => (int)data.Image(i)[0]);

    private static byte[] Grey(int width, int height, byte value) => PngWriter.Write(new Picture(width, height, 1, [.. Enumerable.Repeat(value, width * height)]));

    private static void Write(TemporaryFolder folder, string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        folder.File(name, content);
    }
}
