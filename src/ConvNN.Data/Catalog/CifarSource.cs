using System.Globalization;
using ConvNN.Data.Cache;
using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Files;

namespace ConvNN.Data.Catalog;

/// <summary>
/// The binary files of CIFAR-10 in a folder (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009): records of a label
/// and the red, green and blue plane of an image. They are read where they are, or in their archive, <c>cifar-10-binary.tar.gz</c>.
/// </summary>
/// <param name="directory">The folder with the files or the archive, or the one that the archive was unpacked in.</param>
/// <param name="published">The dataset; its file is the archive.</param>
internal sealed class CifarSource(string directory, PublishedDataset published) : IDatasetSource
{
    private const string FolderOfArchive = "cifar-10-batches-bin";
    private const int Channels = 3;
    private const int Side = 32;
    private const int ImageLength = Channels * Side * Side;
    private const int RecordLength = 1 + ImageLength;

    // The training files and, last, the test file, with the SHA-256 of each as published.
    private static readonly (string Name, string Sha256)[] Files =
    [
        ("data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
        ("data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
        ("data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
        ("data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
        ("data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
        ("test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
    ];

    // An array has room for the images of all files.
    private static readonly int MaxLength = Array.MaxLength / Files.Length;

    /// <summary>Whether a folder has one of the files, their archive, or the folder of the archive with one of them.</summary>
    /// <param name="directory">The folder.</param>
    public static bool IsOne(string directory) => IsUnpacked(directory) || File.Exists(Path.Combine(directory, PublishedDataset.Cifar10.Files[0].Name));

    /// <inheritdoc/>
    public async Task<DatasetContent?> ReadAsync(CancellationToken cancellationToken)
    {
        string archive = Path.GetFullPath(Path.Combine(directory, published.Files[0].Name));
        bool isUnpacked = IsUnpacked(directory) || !File.Exists(archive);
        string folder = Path.GetFullPath(isUnpacked ? FolderIn(directory) : directory);
        Task<bool> isArchivePublished = Task.Run(() => !isUnpacked && CachedFiles.HashOf(archive) == published.Files[0].Sha256, cancellationToken);
        byte[][] files = isUnpacked ? await ReadAsync(folder, cancellationToken) : await Task.Run(() => Unpack(archive, cancellationToken), cancellationToken);
        bool isPublished = await isArchivePublished || files.Zip(Files).All(file => Sha256Hash.Of(file.First) == file.Second.Sha256);
        return new DatasetContent(folder, PartOf(folder, files[..^1]), PartOf(Path.Combine(folder, Files[^1].Name), files[^1..]))
        {
            ClassNames = published.ClassNames,
            PublishedName = isPublished ? published.Name : null,
        };
    }

    private static bool IsUnpacked(string directory) => Files.Any(file => File.Exists(Path.Combine(FolderIn(directory), file.Name)));

    private static async Task<byte[][]> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        string[] missing = [.. Files.Select(file => file.Name).Where(name => !File.Exists(Path.Combine(folder, name)))];
        return missing.Length == 0
            ? await Task.WhenAll(Files.Select(file => Task.Run(() => Read(Path.Combine(folder, file.Name)), cancellationToken)))
            : throw new DatasetException($"{folder}: {string.Join(", ", missing)} not found; put all {Files.Length} binary files of CIFAR-10 there (https://www.cs.toronto.edu/~kriz/cifar.html has them).");
    }

    private static byte[][] Unpack(string archive, CancellationToken cancellationToken)
    {
        byte[][] files = TarGzip.Read(archive, [.. Files.Select(file => $"{FolderOfArchive}/{file.Name}")], MaxLength, cancellationToken);
        return [.. files.Zip(Files, (content, file) => Checked(content, $"{archive}: {file.Name}"))];
    }

    private static string FolderIn(string directory) =>
        Directory.Exists(Path.Combine(directory, FolderOfArchive)) ? Path.Combine(directory, FolderOfArchive) : directory;

    private static byte[] Read(string path) => Checked(
        RegularFile.Read(
            path,
            (stream, _) =>
            {
                byte[] content = new byte[stream.Length];
                stream.ReadExactly(content);
                return content;
            },
            (message, cause) => new DatasetException(message, cause),
            MaxLength),
        path);

    private static byte[] Checked(byte[] file, string name) => file.Length % RecordLength == 0 ? file : throw new DatasetException(string.Create(
        CultureInfo.InvariantCulture, $"{name}: has {file.Length:N0} bytes, expected records of {RecordLength:N0}, a label and an image of {Channels}×{Side}×{Side}; get the file again."));

    private static PartContent PartOf(string source, byte[][] files)
    {
        int count = files.Sum(file => file.Length / RecordLength), place = 0;
        byte[] images = new byte[count * ImageLength], labels = new byte[count];
        foreach (byte[] record in files.SelectMany(file => file.Chunk(RecordLength)))
        {
            labels[place] = record[0];
            record.AsSpan(1).CopyTo(images.AsSpan(place * ImageLength));
            place++;
        }

        return new PartContent(new ImagesInMemory(new IdxArray(source, images, [count, Channels, Side, Side])), new IdxArray(source, labels, [count]));
    }
}
