using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Files;
using ConvNN.Model;

namespace ConvNN.Data.Tests.Catalog;

/// <summary>The binary files of CIFAR-10, here with two images each. Of the published ones the hashes are known, but they are not here.</summary>
public sealed class CifarTests : IDisposable
{
    private const int Record = 1 + (3 * 32 * 32);

    private static readonly string[] Names = ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"];

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
            _folder.File(Path.Combine(below, name), [.. Image((byte)index, (byte)(10 * index)), .. Image(9, (byte)((10 * index) + 1))]);
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

    private static byte[] Image(byte label, byte value) => [label, .. Enumerable.Range(0, Record - 1).Select(i => (byte)(value + (i / 1024)))];

    private Task<DatasetPair> LoadAsync() =>
        DatasetCatalog.LoadAsync(new DatasetOptions { Directory = _folder.Path }, cancellationToken: TestContext.Current.CancellationToken);

    private async Task RefusedAsync(string expected) => Assert.Equal(expected, (await Assert.ThrowsAsync<DatasetException>(LoadAsync)).Message);
}
