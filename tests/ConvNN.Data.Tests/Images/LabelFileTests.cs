using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Files;
using ConvNN.Data.Images;
using ConvNN.Pictures;

namespace ConvNN.Data.Tests.Images;

/// <summary>Pictures whose classes are in a file <c>labels.csv</c>.</summary>
public sealed class LabelFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>docs/own-pictures.md names every column that is known, and no other.</summary>
    [Fact]
    public void Columns_OfThePage_AreThoseThatAreRead()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "docs", "own-pictures.md")))
        {
            folder = folder.Parent;
        }

        string[] rows = [.. File.ReadLines(Path.Combine(folder!.FullName, "docs", "own-pictures.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')[1])];

        Assert.Equal(
            [LabelFile.FileColumns, LabelFile.LabelColumns, LabelFile.PartColumns],
            rows.Select(row => row.Split('`').Where((_, place) => place % 2 == 1).ToArray()));
    }

    /// <summary>As competitions have it: an identifier without extension, and the pictures in <c>train</c>.</summary>
    [Fact]
    public async Task Load_TwoColumns_AreFileAndClassWhateverTheirNames()
    {
        Write("labels.csv", "id,breed\r\n0f1c,pug\r\n0a2b,\"terrier, border\"\r\n");
        Picture("train/0f1c.jpg", 10);
        Picture("train/0a2b.png", 20);
        Picture("test/unknown.png", 30);

        DatasetPair data = await LoadAsync();

        Assert.Equal(["pug", "terrier, border"], data.ClassNames!);
        Assert.Equal([(10, 0), (20, 1)], Images(data.Train).Concat(Images(data.Test)).Order());
        Assert.Equal("not in labels.csv: 1 picture", data.LeftOut);
    }

    [Fact]
    public async Task Load_Parts_AreThoseOfTheirColumn()
    {
        Write("labels.csv", "width,split,file,label\n8,train,b/1.png,yes\n8,test,2.png,no\n8,,3.png,no\n8,VALID,4.png,yes\n");
        Picture("b/1.png", 1);
        Picture("2.png", 2);
        Picture("images/3.png", 3);
        Picture("4.png", 4);

        DatasetPair data = await LoadAsync();

        Assert.Equal([(1, 1), (3, 0)], Images(data.Train));
        Assert.Equal([(2, 0)], Images(data.Test));
        Assert.Equal([(4, 1)], Images(data.Validation!));
        Assert.Null(data.LeftOut);
    }

    /// <summary>As in a folder for each class.</summary>
    [Fact]
    public async Task Load_WithoutTest_HoldsOutAFifth()
    {
        Write("labels.csv", "file,label\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"{i}.png,{(i % 2 == 0 ? "even" : "odd")}\n")));
        for (int i = 0; i < 10; i++)
        {
            Picture($"{i}.png", (byte)i);
        }

        DatasetPair data = await LoadAsync();

        Assert.Equal((8, 2), (data.Train.Count, data.Test.Count));
        Assert.All(Images(data.Train).Concat(Images(data.Test)), image => Assert.Equal(image.Pixel % 2, image.Label));
        Assert.Equal([0, 1], Images(data.Test).Select(image => image.Label).Order());
    }

    [Theory]
    [InlineData("\n", "is empty, expected a line of column names, such as file,label, and a line for each picture.")]
    [InlineData("a.png,cat\nb.png,dog\n", "the first line is a.png,cat, expected column names with file, ")]
    [InlineData("x,y,z\n1,2,3\n", "the first line is x,y,z, expected column names with file, ")]
    [InlineData("file,label\na.png,cat\n", "has 1 classes, expected 2 to 256; see that its second column is the class.")]
    [InlineData("file,label\na.png,cat\nb.png,dog,black\n", "line 3 has 3 values, expected 2 as the first line has; put a value with a comma in double quotes.")]
    [InlineData("file,label\na.png,cat\nb.png,\n", "line 3 has no class for b.png; add one, or leave the line out.")]
    [InlineData("file,label\na.png,cat\nb.png,\"dog\" x\n", "line 3 is not comma-separated values; ")]
    [InlineData("file,label\na.png,cat\nc.png,dog\n", "line 3 names c.png, but there is no such picture beside labels.csv, in train or in images; ")]
    [InlineData("file,label\na.png,cat\n../a.png,dog\n", "line 3 names ../a.png, but there is no such picture ")]
    [InlineData("file,label\na.png,cat\nb.png,dog\na,dog\n", "lines 2 and 4 are about the same picture, a; leave one of them out.")]
    [InlineData("file,label,part\na.png,cat,train\nb.png,dog,holdout\n", "line 3 has the part holdout, expected train, test or val; ")]
    [InlineData("file,label,part\na.png,cat,test\nb.png,dog,test\n", "has no picture for training; ")]
    [InlineData("file,label,part\na.png,cat,train\nb.png,dog,test\n", "there are no training images of class dog; ")]
    public async Task Load_WrongLines_AreRefusedInOneLine(string content, string expected)
    {
        Write("labels.csv", content);
        Picture("a.png", 1);
        Picture("b.png", 2);

        DatasetException refused = await Assert.ThrowsAsync<DatasetException>(LoadAsync);

        Assert.StartsWith($"{_folder.File("labels.csv")}: {expected}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static IEnumerable<(int Pixel, int Label)> Images(ImageDataset part) =>
        Enumerable.Range(0, part.Count).Select(i => ((int)part.Image(i)[0], (int)part.Label(i)));

    private Task<DatasetPair> LoadAsync() =>
        DatasetCatalog.LoadAsync(new DatasetOptions { Directory = _folder.Path }, cancellationToken: TestContext.Current.CancellationToken);

    private void Picture(string name, byte grey) => Write(name, PngWriter.Write(new Picture(1, 1, 1, [grey])));

    private void Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    private void Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
