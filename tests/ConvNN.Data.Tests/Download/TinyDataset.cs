using System.Security.Cryptography;
using ConvNN.Data.Idx;
using ConvNN.Data.Tests.Idx;
using ConvNN.Model;

namespace ConvNN.Data.Tests.Download;

/// <summary>A dataset whose files arrive in no time, and whose largest still takes several reads.</summary>
internal static class TinyDataset
{
    /// <summary>The four decoded files.</summary>
    public static readonly IReadOnlyList<byte[]> Decoded =
    [
        IdxBytes.Images(count: 300, height: 28, width: 28),
        IdxBytes.Labels([.. Enumerable.Range(0, 300).Select(index => (byte)(index % 10))]),
        IdxBytes.Images(count: 20, height: 28, width: 28),
        IdxBytes.Labels([.. Enumerable.Range(0, 20).Select(index => (byte)(index % 10))]),
    ];

    /// <summary>The four compressed files by their names on a mirror.</summary>
    public static readonly IReadOnlyDictionary<string, byte[]> Compressed = Decoded
        .Select((bytes, file) => (Name: DatasetFiles.Names[file] + ".gz", Bytes: IdxBytes.Gzip(bytes)))
        .ToDictionary(file => file.Name, file => file.Bytes);

    /// <summary>The first file's name on a mirror; the one that tests damage.</summary>
    public static readonly string First = DatasetFiles.Names[0] + ".gz";

    /// <summary>The first file, compressed.</summary>
    public static byte[] FirstBytes => Compressed[First];

    /// <summary>Bytes of all compressed files.</summary>
    public static long TotalBytes => Compressed.Values.Sum(bytes => bytes.LongLength);

    /// <summary>The dataset, to be had from mirrors.</summary>
    public static PublishedDataset From(params Uri[] mirrors) => new(
        new("tiny", Shape.Image(1, 28, 28), Classes: 10, TrainCount: 300, TestCount: 20),
        [.. Decoded.Select((bytes, file) => new PublishedFile(
            DatasetFiles.Names[file], Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, Compressed[DatasetFiles.Names[file] + ".gz"].Length))],
        mirrors);

    /// <summary>Answers with the file that is asked for.</summary>
    public static Task AnswerAsync(LoopbackRequest request, LoopbackAnswer answer) =>
        answer.FileAsync(request, Compressed[request.File], tag: "v1");

    /// <summary>A server that has the dataset, but answers some requests in another way.</summary>
    /// <param name="answer">Answers the request of the first file.</param>
    public static LoopbackServer Serve(Func<LoopbackRequest, LoopbackAnswer, Task>? answer = null) => LoopbackServer.Start(
        (request, reply) => request.File == First && answer is not null ? answer(request, reply) : AnswerAsync(request, reply));
}
