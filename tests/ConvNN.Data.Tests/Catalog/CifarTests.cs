using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Files;
using ConvNN.Data.Tests.Download;
using ConvNN.Model;

namespace ConvNN.Data.Tests.Catalog;

/// <summary>The binary files of CIFAR-10, here with two images each. Of the published ones the hashes are known, but they are not here.</summary>
public sealed class CifarTests : IDisposable
{
    private static readonly string[] Names = TinyCifar.Names;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("cifar-10-batches-bin")]
    public async Task Load_SixFiles_HaveImagesByChannelAndClassesByName(string below)
    {
        Directory.CreateDirectory(_folder.File(below));
        foreach ((int index, string name) in Names.Index())
        {
            _folder.File(Path.Combine(below, name), TinyCifar.File(index));
        }

        DatasetPair data = await LoadAsync();

        Assert.Equal((Shape.Image(3, 32, 32), 10, 2, 10), (data.Train.Shape, data.Train.Count, data.Test.Count, data.Train.Classes));
        Assert.Equal([0, 9, 1, 9, 2, 9, 3, 9, 4, 9], Enumerable.Range(0, 10).Select(i => (int)data.Train.Label(i)));
        Assert.Equal([5, 9], Enumerable.Range(0, 2).Select(i => (int)data.Test.Label(i)));
        Assert.Equal((41, 42, 43), (data.Train.Image(9)[0], data.Train.Image(9)[1024], data.Train.Image(9)[2048]));
        Assert.Equal(("airplane", "truck"), (data.ClassNames![0], data.ClassNames[9]));
        Assert.False(data.IsAsPublished);
    }

    [Fact]
    public async Task Load_FileMissing_IsNamed()
    {
        Array.ForEach(Names[..4], name => _folder.File(name, Image(1, 2)));

        await RefusedAsync($"{_folder.Path}: data_batch_5.bin, test_batch.bin not found; put all 6 binary files of CIFAR-10 there (https://www.cs.toronto.edu/~kriz/cifar.html has them).");
    }

    [Fact]
    public async Task Load_FileCutOff_IsNamedWithItsSize()
    {
        Array.ForEach(Names, name => _folder.File(name, Image(1, 2)));
        _folder.File(Names[2], Image(1, 2)[..^1]);

        await RefusedAsync($"{_folder.File(Names[2])}: has 3,072 bytes, expected records of 3,073, a label and an image of 3×32×32; get the file again.");
    }

    [Fact]
    public async Task Load_LabelOutOfRange_IsRefused()
    {
        Array.ForEach(Names, name => _folder.File(name, Image(10, 2)));

        await RefusedAsync($"{_folder.Path}: label 0 is 10, expected 0 to 9; use files of one dataset.");
    }

    /// <summary>A name that leads elsewhere is none of the six, nor is a link with a name of theirs.</summary>
    [Fact]
    public async Task Load_ArchiveWithNamesThatLeadElsewhere_ReadsAndWritesNothingThere()
    {
        string inner = _folder.File("inner");
        Directory.CreateDirectory(inner);
        File.WriteAllBytes(Path.Combine(inner, TinyCifar.Name), TinyCifar.ArchiveOf(
            [.. Names[1..].Select((name, index) => ($"{TinyCifar.Folder}/{name}", (byte[]?)TinyCifar.File(index))), ("../evil.bin", TinyCifar.File(0)), ("/evil.bin", TinyCifar.File(0)), ($"{TinyCifar.Folder}/{Names[0]}", null), ("../evil.bin", TinyCifar.File(0))]));

        DatasetException e = await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(inner));

        Assert.Equal($"{Path.Combine(inner, TinyCifar.Name)}: has no {TinyCifar.Folder}/{Names[0]} in it; get the file again.", e.Message);
        Assert.Equal([inner], Directory.GetFileSystemEntries(_folder.Path));
        Assert.Single(Directory.GetFileSystemEntries(inner));
    }

    public static TheoryData<string, byte[]> BrokenArchives => new()
    {
        { "is cut short, damaged or not a .tar.gz archive", TinyCifar.Archive[..^100] },
        { "is cut short, damaged or not a .tar.gz archive", TinyCifar.Archive[..200] },
        { "is cut short, damaged or not a .tar.gz archive", "<html>404</html>"u8.ToArray() },
        { $"has no {TinyCifar.Folder}/test_batch.bin in it", TinyCifar.ArchiveOf([.. Names[..5].Select((name, index) => ($"{TinyCifar.Folder}/{name}", (byte[]?)TinyCifar.File(index)))]) },
        { "data_batch_1.bin: has 3 bytes, expected records of 3,073, a label and an image of 3×32×32", TinyCifar.ArchiveOf([.. Names.Select(name => ($"{TinyCifar.Folder}/{name}", (byte[]?)[1, 2, 3]))]) },
    };

    [Theory]
    [MemberData(nameof(BrokenArchives))]
    public async Task Load_BrokenArchive_SaysWhatIsWrong(string expected, byte[] archive)
    {
        string path = _folder.File(TinyCifar.Name, archive);

        await RefusedAsync($"{path}: {expected}; get the file again.");
    }

    private static byte[] Image(byte label, byte value) => TinyCifar.Image(label, value);

    private Task<DatasetPair> LoadAsync() => LoadAsync(_folder.Path);

    private static Task<DatasetPair> LoadAsync(string folder) =>
        DatasetCatalog.LoadAsync(new DatasetOptions { Directory = folder }, cancellationToken: TestContext.Current.CancellationToken);

    private async Task RefusedAsync(string expected) => Assert.Equal(expected, (await Assert.ThrowsAsync<DatasetException>(LoadAsync)).Message);
}
