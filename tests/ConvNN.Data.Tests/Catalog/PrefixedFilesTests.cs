using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Files;

namespace ConvNN.Data.Tests.Catalog;

public class PrefixedFilesTests
{
    private static readonly string[] Names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "test-images-idx3-ubyte", "test-labels-idx1-ubyte"];

    [Fact]
    public async Task Load_FilesWithANameBeforeThem_AreFound()
    {
        using TemporaryFolder folder = new();
        Write(folder, "emnist-letters-");

        DatasetPair data = await LoadAsync(folder);

        Assert.Equal((2, 2, 3), (data.Train.Count, data.Test.Count, data.Train.Classes));
    }

    /// <summary>As archives and other mirrors have them: a dot, capital letters, a folder around each file.</summary>
    [Theory]
    [InlineData("train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte")]
    [InlineData("Train-Images-idx3-ubyte", "TRAIN-LABELS-IDX1-UBYTE", "T10K-images-idx3-ubyte", "t10k-labels-idx1-ubyte")]
    [InlineData("train-images-idx3-ubyte/train-images-idx3-ubyte", "train-labels-idx1-ubyte/train-labels-idx1-ubyte", "t10k-images-idx3-ubyte/t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte/t10k-labels-idx1-ubyte")]
    public async Task Load_NamesInOtherForms_AreFound(params string[] names)
    {
        using TemporaryFolder folder = new();
        foreach ((int file, string name) in names.Index())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
            folder.File(name, file % 2 == 0 ? [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 9, 8] : [0, 0, 8, 1, 0, 0, 0, 2, 2, 1]);
        }

        DatasetPair data = await LoadAsync(folder);

        Assert.Equal((2, 2), (data.Train.Count, data.Test.Count));
    }

    [Fact]
    public async Task Load_FilesOfTwoDatasets_AreRefused()
    {
        using TemporaryFolder folder = new();
        Write(folder, "emnist-letters-");
        Write(folder, "emnist-digits-");

        DatasetException refused = await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(folder));

        Assert.Equal($"{folder.Path}: has files of several datasets (emnist-digits, emnist-letters); put the files of one dataset into a folder of its own.", refused.Message);
    }

    /// <summary>EMNIST's files hold each image by column, so that as they are its letters lie on their sides.</summary>
    [Theory]
    [InlineData("emnist-letters-", null, true)]
    [InlineData("emnist-letters-", false, false)]
    [InlineData("", null, false)]
    [InlineData("", true, true)]
    public async Task Load_ImagesStoredByColumn_AreTurned(string prefix, bool? transpose, bool isTurned)
    {
        using TemporaryFolder folder = new();
        Write(folder, prefix, [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16], isTestNamed: prefix.Length > 0);

        DatasetPair data = await DatasetCatalog.LoadAsync(
            new DatasetOptions { Directory = folder.Path, Transpose = transpose }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(isTurned ? [11, 14, 12, 15, 13, 16] : [11, 12, 13, 14, 15, 16], data.Train.Image(1).ToArray());
        Assert.Equal(isTurned ? 3 : 2, data.Test.Shape.Height);
    }

    private static Task<DatasetPair> LoadAsync(TemporaryFolder folder) =>
        DatasetCatalog.LoadAsync(new DatasetOptions { Directory = folder.Path }, cancellationToken: TestContext.Current.CancellationToken);

    private static void Write(TemporaryFolder folder, string prefix) => Write(folder, prefix, [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 9, 8], isTestNamed: true);

    private static void Write(TemporaryFolder folder, string prefix, byte[] images, bool isTestNamed)
    {
        byte[] labels = [0, 0, 8, 1, 0, 0, 0, 2, 2, 1];
        for (int file = 0; file < Names.Length; file++)
        {
            folder.File(prefix + (isTestNamed ? Names[file] : Names[file].Replace("test", "t10k", StringComparison.Ordinal)), file % 2 == 0 ? images : labels);
        }
    }
}
