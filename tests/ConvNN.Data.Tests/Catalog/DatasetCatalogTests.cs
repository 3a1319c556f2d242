using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Files;
using ConvNN.Data.Tests.Idx;
using ConvNN.Model;
using ConvNN.Model.Options;

namespace ConvNN.Data.Tests.Catalog;

public sealed class DatasetCatalogTests : IDisposable
{
    private const string TrainImages = "train-images-idx3-ubyte";
    private const string TrainLabels = "train-labels-idx1-ubyte";
    private const string TestImages = "t10k-images-idx3-ubyte";
    private const string TestLabels = "t10k-labels-idx1-ubyte";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task LoadAsync_Sample_IsEmbedded()
    {
        DatasetPair pair = await DatasetCatalog.LoadAsync("sample", Token);

        Assert.Equal(("sample", "embedded sample", true, true), (pair.Name, pair.Source, pair.IsSample, pair.IsAsPublished));
        AssertDigits(pair.Train, "sample", "train", 4000);
        AssertDigits(pair.Test, "sample", "test", 1000);
        Assert.All(Enumerable.Range(0, 10), digit => Assert.Equal(400, CountOf(pair.Train, digit)));
        Assert.All(Enumerable.Range(0, 10), digit => Assert.Equal(100, CountOf(pair.Test, digit)));
        Assert.Equal("afeaa2c310303c7b6ec79438fbc9c57cde49b7197e2f6f7f23eefc17163a7bb2", pair.Train.ImagesSha256);
        Assert.Equal("9e9ecb8ff4ddc76244e95bddc2a2ac9136832e8cf72e2fc9ea18ace9c3d5c7fd", pair.Train.LabelsSha256);
        Assert.Equal("a929d9178e41595405d4fb00943e7ca24c3171ed97041c59739616dcf7e0f9ec", pair.Test.ImagesSha256);
        Assert.Equal("d6d5cd907c6a59432c286a98f67d1dfc33a1baf2ff2524bed5b6225269a6ac88", pair.Test.LabelsSha256);
    }

    [Fact]
    public async Task LoadAsync_Mnist_IsKnownByItsBytes()
    {
        string? directory = Environment.GetEnvironmentVariable("CONVNN_Data__Directory");
        Assert.SkipWhen(string.IsNullOrEmpty(directory), "CONVNN_Data__Directory names no folder with MNIST.");

        DatasetPair pair = await LoadAsync(directory!);

        Assert.Equal(("mnist", false, true), (pair.Name, pair.IsSample, pair.IsAsPublished));
        AssertDigits(pair.Train, "mnist", "train", 60_000);
        AssertDigits(pair.Test, "mnist", "test", 10_000);
        Assert.Equal([5, 0, 4, 1, 9], Enumerable.Range(0, 5).Select(pair.Train.Label));
    }

    /// <summary>The mean and deviation that PyTorch's examples give for MNIST; both parts have those of the training images.</summary>
    [Fact]
    public async Task LoadAsync_MnistNormalized_HasThePublishedMeanAndDeviation()
    {
        string? directory = Environment.GetEnvironmentVariable("CONVNN_Data__Directory");
        Assert.SkipWhen(string.IsNullOrEmpty(directory), "CONVNN_Data__Directory names no folder with MNIST.");

        DatasetPair pair = await DatasetCatalog.LoadAsync(new DatasetOptions { Directory = directory, Normalize = "standard" }, cancellationToken: Token);

        Assert.Equal((0.1307f, 0.3081f), (MathF.Round(pair.Train.Normalization.Means.Single(), 4), MathF.Round(pair.Train.Normalization.Deviations.Single(), 4)));
        Assert.Same(pair.Train.Normalization, pair.Test.Normalization);
        Assert.Same(pair.Train.Normalization, pair.Train.Take(100).Normalization);
        Assert.Same(pair.Train.Normalization, pair.Train.Select([3, 7], "validation").Normalization);
    }

    /// <summary>Where Debian's package dataset-fashion-mnist is installed.</summary>
    [Fact]
    public async Task LoadAsync_FashionMnist_IsKnownByItsBytesAndHasNamesForItsClasses()
    {
        const string Directory = "/usr/share/datasets/fashion-mnist";
        Assert.SkipUnless(System.IO.Directory.Exists(Directory), $"There is no {Directory}.");

        DatasetPair pair = await LoadAsync(Directory);

        Assert.Equal(("fashion-mnist", true), (pair.Name, pair.IsAsPublished));
        Assert.Equal((60_000, 10_000), (pair.Train.Count, pair.Test.Count));
        Assert.Equal(["Ankle boot", "T-shirt/top", "T-shirt/top", "Dress"], Enumerable.Range(0, 4).Select(i => pair.ClassNames![pair.Train.Label(i)]));
    }

    [Fact]
    public void ClassNames_PublishedDatasets_AreAsManyAsClasses() => Assert.All(
        PublishedDataset.All.Where(dataset => dataset.ClassNames is not null),
        dataset => Assert.Equal(dataset.Classes, dataset.ClassNames!.Distinct().Count()));

    [Fact]
    public async Task LoadAsync_OwnFolder_IsCalledByItAndHasTheClassesOfItsTrainingLabels()
    {
        WriteSmall();

        DatasetPair pair = await LoadAsync();

        Assert.Equal((Path.GetFileName(_folder.Path), _folder.Path, false, false), (pair.Name, pair.Source, pair.IsSample, pair.IsAsPublished));
        Assert.Equal((4, 3, Shape.Image(1, 3, 4)), (pair.Train.Count, pair.Train.Classes, pair.Train.Shape));
        Assert.Equal((2, 3, Shape.Image(1, 3, 4)), (pair.Test.Count, pair.Test.Classes, pair.Test.Shape));
        Assert.Equal([0, 2, 1, 1], Enumerable.Range(0, 4).Select(pair.Train.Label));
    }

    [Fact]
    public async Task LoadAsync_FolderWithAFolderForEachDataset_TakesTheOneOfTheName()
    {
        WriteSmall("mnist");
        WriteSmall("fashion-mnist");

        DatasetPair pair = await LoadAsync();
        DatasetException other = await Assert.ThrowsAsync<DatasetException>(
            () => DatasetCatalog.LoadAsync(new DatasetOptions { Dataset = "fashion-mnist", Directory = _folder.Path }, cancellationToken: Token));

        // Neither has the published bytes: auto takes what is there, and a name insists on them.
        Assert.Equal(_folder.File("mnist"), pair.Source);
        Assert.StartsWith($"{_folder.File("fashion-mnist")}: contains different files", other.Message, StringComparison.Ordinal);
    }

    /// <summary>The folders of datasets, as the cache has them, of which one is still empty: that has nothing to do with pictures.</summary>
    [Theory]
    [InlineData("auto", "mnist", "train-images-idx3-ubyte, ")]
    [InlineData("mnist", "mnist", "train-images-idx3-ubyte, ")]
    [InlineData("cifar-10", "cifar-10", "data_batch_1.bin, ")]
    public async Task LoadAsync_EmptyFolderOfTheName_SaysWhatIsMissingThere(string name, string folder, string missing)
    {
        Directory.CreateDirectory(_folder.File(folder));

        DatasetException e = await Assert.ThrowsAsync<DatasetException>(
            () => DatasetCatalog.LoadAsync(new DatasetOptions { Dataset = name, Directory = _folder.Path }, cancellationToken: Token));

        Assert.StartsWith($"{_folder.File(folder)}: {missing}", e.Message, StringComparison.Ordinal);
        Assert.Contains(" not found", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_FilesBesideAFolderOfTheName_AreTheDataset()
    {
        WriteSmall();
        WriteSmall("mnist");

        Assert.Equal(_folder.Path, (await LoadAsync()).Source);
    }

    [Fact]
    public async Task LoadAsync_LabelsAllZero_HasTwoClasses()
    {
        WriteSmall();
        _folder.File(TrainLabels, IdxBytes.Labels(0, 0, 0, 0));
        _folder.File(TestLabels, IdxBytes.Labels(1, 0));

        Assert.Equal(2, (await LoadAsync()).Test.Classes);
    }

    [Theory]
    [InlineData("mnist", "mnist-unverified")]
    [InlineData("sample/", "sample-unverified")]
    [InlineData("fashion/", "fashion")]
    public async Task LoadAsync_FolderNamedLikeAKnownDataset_DoesNotPassForIt(string folder, string expected)
    {
        WriteSmall();
        string named = _folder.File(folder);
        Directory.CreateDirectory(named);

        foreach (string file in Directory.GetFiles(_folder.Path))
        {
            File.Move(file, Path.Combine(named, Path.GetFileName(file)));
        }

        DatasetPair pair = await LoadAsync(named);

        Assert.Equal((expected, expected, false), (pair.Name, pair.Train.Name, pair.IsSample));
    }

    [Fact]
    public async Task LoadAsync_RawAndCompressedFile_ReadsTheRawOne()
    {
        WriteSmall();
        _folder.File(TestLabels + ".gz", IdxBytes.Gzip(IdxBytes.Labels(2, 2)));
        Assert.Equal([1, 0], Enumerable.Range(0, 2).Select((await LoadAsync()).Test.Label));

        File.Delete(_folder.File(TestLabels));
        Assert.Equal([2, 2], Enumerable.Range(0, 2).Select((await LoadAsync()).Test.Label));
    }

    [Fact]
    public async Task LoadAsync_MissingFiles_NamesThemAll()
    {
        WriteSmall();
        File.Delete(_folder.File(TrainLabels));
        File.Delete(_folder.File(TestImages));

        await AssertRefusedAsync($"{_folder.Path}: {TrainLabels}, {TestImages} not found, raw or as .gz (it has t10k-labels-idx1-ubyte, train-images-idx3-ubyte); put the four files");
    }

    [Fact]
    public async Task LoadAsync_MissingFolder_SaysHowToGetIt()
    {
        string missing = _folder.File("nowhere");

        DatasetException e = await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(missing));

        Assert.Equal($"{missing}: no such folder; name one with the four files of a dataset, or with pictures in a folder for each class, or leave Data:Directory out.", e.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    public async Task LoadAsync_FolderThatCannotBe_IsRefused(string directory)
    {
        ConfigurationException e = await Assert.ThrowsAsync<ConfigurationException>(() => LoadAsync(directory));

        Assert.EndsWith("; it must be a path without control characters.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_FileInPlaceOfTheFolder_IsRefused()
    {
        string file = _folder.File("file", [7]);

        DatasetException e = await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(file));

        Assert.StartsWith($"{file}: is not a folder; name one with", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_FolderThatMayNotBeSearched_GivesTheSystemsReason()
    {
        WriteSmall();
        TemporaryFolder.Forbid(_folder.Path);

        await AssertRefusedAsync($"{_folder.File(TrainImages)}: cannot be accessed: Access to the path");
    }

    [Fact]
    public async Task LoadAsync_CountsThatDiffer_NamesBoth()
    {
        WriteSmall();
        string labels = _folder.File(TestLabels, IdxBytes.Labels(1, 0, 1));

        await AssertRefusedAsync($"{labels}: 3 labels found, expected 2, one for each image of {_folder.File(TestImages)};");
    }

    [Fact]
    public async Task LoadAsync_TestLabelThatTrainingLacks_NamesIndexAndValue()
    {
        WriteSmall();
        string labels = _folder.File(TestLabels, IdxBytes.Labels(0, 3));

        await AssertRefusedAsync($"{labels}: label 1 is 3, expected 0 to 2;");
    }

    [Fact]
    public async Task LoadAsync_SizesThatDiffer_NamesBoth()
    {
        WriteSmall();
        string images = _folder.File(TestImages, IdxBytes.Images(2, height: 4, width: 3));

        await AssertRefusedAsync($"{images}: images are 1×4×3, expected 1×3×4 as in {_folder.File(TrainImages)};");
    }

    [Fact]
    public async Task LoadAsync_ImagesAndLabelsSwapped_NamesTheMagic()
    {
        WriteSmall();
        File.Copy(_folder.File(TrainLabels), _folder.File(TrainImages), overwrite: true);

        await AssertRefusedAsync($"{_folder.File(TrainImages)}: magic 0x00000801 found");
    }

    [Fact]
    public async Task LoadAsync_FileAboveTheLimit_IsRefused()
    {
        WriteSmall();

        DatasetException e = await Assert.ThrowsAsync<DatasetException>(() => DatasetCatalog.LoadAsync(new DatasetOptions { Directory = _folder.Path, MaxBytes = 47 }, cancellationToken: Token));

        Assert.StartsWith($"{_folder.File(TrainImages)}: header declares 4×3×4 = 48 bytes, expected at most 47;", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_Cancelled_Stops() => await Assert.ThrowsAnyAsync<OperationCanceledException>(
        () => DatasetCatalog.LoadAsync("sample", new CancellationToken(canceled: true)));

    private static void AssertDigits(ImageDataset dataset, string name, string part, int count)
    {
        Assert.Equal((name, part, count, 10), (dataset.Name, dataset.Part, dataset.Count, dataset.Classes));
        Assert.Equal(Shape.Image(1, 28, 28), dataset.Shape);
    }

    private static int CountOf(ImageDataset dataset, int label) =>
        Enumerable.Range(0, dataset.Count).Count(index => dataset.Label(index) == label);

    private void WriteSmall(string folder = "")
    {
        Directory.CreateDirectory(_folder.File(folder));
        _folder.File(Path.Combine(folder, TrainImages), IdxBytes.Images(count: 4));
        _folder.File(Path.Combine(folder, TrainLabels), IdxBytes.Labels(0, 2, 1, 1));
        _folder.File(Path.Combine(folder, TestImages), IdxBytes.Images(count: 2));
        _folder.File(Path.Combine(folder, TestLabels), IdxBytes.Labels(1, 0));
    }

    private static Task<DatasetPair> LoadAsync(string directory) =>
        DatasetCatalog.LoadAsync(new DatasetOptions { Directory = directory }, cancellationToken: Token);

    private Task<DatasetPair> LoadAsync() => LoadAsync(_folder.Path);

    private async Task AssertRefusedAsync(string expected)
    {
        DatasetException e = await Assert.ThrowsAsync<DatasetException>(LoadAsync);

        Assert.StartsWith(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
