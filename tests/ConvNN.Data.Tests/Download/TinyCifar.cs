using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace ConvNN.Data.Tests.Download;

/// <summary>CIFAR-10 with two images in each file, and its archive.</summary>
internal static class TinyCifar
{
    /// <summary>The archive's name.</summary>
    public const string Name = "cifar-10-binary.tar.gz";

    /// <summary>The folder in the archive.</summary>
    public const string Folder = "cifar-10-batches-bin";

    private const int Record = 1 + (3 * 32 * 32);

    /// <summary>The names of the files.</summary>
    public static readonly string[] Names = ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"];

    /// <summary>The archive, with what the published one also has.</summary>
    public static readonly byte[] Archive = ArchiveOf([.. Names.Select((name, index) => ($"{Folder}/{name}", File(index))), ($"{Folder}/batches.meta.txt", "airplane"u8.ToArray())]);

    /// <summary>The dataset, to be had from mirrors.</summary>
    public static PublishedDataset From(params Uri[] mirrors) => Of(Archive) with { Mirrors = mirrors };

    /// <summary>The dataset whose archive this is.</summary>
    public static PublishedDataset Of(byte[] archive) =>
        PublishedDataset.Cifar10 with { Files = [new PublishedFile(Name, Convert.ToHexStringLower(SHA256.HashData(archive)), archive.Length)] };

    /// <summary>A file: an image with its index as label, and one with 9.</summary>
    public static byte[] File(int index) => [.. Image((byte)index, (byte)(10 * index)), .. Image(9, (byte)((10 * index) + 1))];

    /// <summary>An image whose three planes have three values.</summary>
    public static byte[] Image(byte label, byte value) => [label, .. Enumerable.Range(0, Record - 1).Select(i => (byte)(value + (i / 1024)))];

    /// <summary>An archive.</summary>
    /// <param name="files">Its files; one without content is a link to the next.</param>
    public static byte[] ArchiveOf(params (string Name, byte[]? Content)[] files)
    {
        MemoryStream bytes = new();
        using (TarWriter writer = new(new GZipStream(bytes, CompressionLevel.Fastest), TarEntryFormat.Ustar))
        {
            foreach ((int index, (string name, byte[]? content)) in files.Index())
            {
                writer.WriteEntry(content is null
                    ? new UstarTarEntry(TarEntryType.SymbolicLink, name) { LinkName = files[index + 1].Name }
                    : new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        return bytes.ToArray();
    }

    /// <summary>A server that has the archive.</summary>
    public static LoopbackServer Serve() => LoopbackServer.Start((request, answer) => answer.FileAsync(request, Archive, tag: "v1"));
}
