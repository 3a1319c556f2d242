using ConvNN.Data.Files;
using ConvNN.Data.Images;
using ConvNN.Pictures;

namespace ConvNN.Data.Tests.Images;

/// <summary>All that is wrong with a folder of pictures is found in one go.</summary>
public sealed class PictureCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_FolderByClass_FindsWhatIsWrong()
    {
        Write("train/cat/1.png", Png(2, 1, 7));
        Write("train/cat/2.png", Png(3, 3, 8));
        Write("train/dog/1.png", Png(2, 2, 9));
        Write("train/dog/broken.png", [1, 2, 3]);
        Write("test/cat/same.png", Png(2, 1, 7));
        Write("test/fox/1.png", PngWriter.Write(new Picture(1, 1, 3, [1, 2, 3])));
        Write("train/dog/notes.txt", [1]);

        PictureCheck check = PictureCheck.Of(_folder.Path, TestContext.Current.CancellationToken);

        Assert.Equal(["cat", "dog", "fox"], check.Classes);
        Assert.Equal(7 - 1, check.Pictures.Count);
        Assert.Equal("train/dog/broken.png", Assert.Single(check.Unreadable).Name.Replace('\\', '/'));
        Assert.StartsWith(_folder.File(Path.Combine("train", "dog", "broken.png")), check.Unreadable.Single().Fault, StringComparison.Ordinal);
        Assert.Equal(["fox"], check.NotTrained);
        Assert.Equal(["train/cat/1.png", "test/cat/same.png"], Assert.Single(check.Duplicates).Select(picture => picture.Name.Replace('\\', '/')));
        Assert.Equal((3, 3, 1), (check.Pictures[1].Width, check.Pictures[1].Height, check.Pictures[1].Channels));
        Assert.Contains(".txt", check.LeftOut, StringComparison.Ordinal);
        Assert.False(check.IsSound);
    }

    /// <summary>Equal bytes in another size are another picture.</summary>
    [Fact]
    public void Of_SoundFolder_IsSound()
    {
        Write("labels.csv", "file,label\na.png,one\nb.png,two\n"u8.ToArray());
        Write("a.png", Png(4, 1, 7));
        Write("b.png", Png(2, 2, 7));

        PictureCheck check = PictureCheck.Of(_folder.Path, TestContext.Current.CancellationToken);

        Assert.Empty(check.Duplicates);
        Assert.Empty(check.Unreadable);
        Assert.Equal(["a.png", "b.png"], check.Pictures.Select(picture => picture.Name).Order());
        Assert.Null(check.LeftOut);
    }

    [Fact]
    public void Of_NoPictures_IsRefusedInOneLine()
    {
        DatasetException empty = Assert.Throws<DatasetException>(() => PictureCheck.Of(_folder.Path, TestContext.Current.CancellationToken));
        DatasetException missing = Assert.Throws<DatasetException>(() => PictureCheck.Of(_folder.File("none"), TestContext.Current.CancellationToken));

        Assert.Equal($"{_folder.Path}: has no pictures; name a folder with a subfolder for each class, or with a labels.csv.", empty.Message);
        Assert.Equal($"{_folder.File("none")}: there is no such folder.", missing.Message);
    }

    private static byte[] Png(int width, int height, byte value) => PngWriter.Write(new Picture(width, height, 1, [.. Enumerable.Repeat(value, width * height)]));

    private void Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
