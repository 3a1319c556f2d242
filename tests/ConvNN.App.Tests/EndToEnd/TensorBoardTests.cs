using System.Text;
using ConvNN.App.Runs;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>What the files say is checked by tests/formats/check_tensorboard.py; here, that they are there and change nothing else.</summary>
[Collection(ProgramCollection.Name)]
public sealed class TensorBoardTests : IDisposable
{
    private static readonly string[] Training = ["--limit", "200", "--set", "Output:StepEvery=5"];

    private readonly TemporaryFolder _folder = new();

    private string[] Files => [.. Directory.GetFiles(_folder[$"with/{TensorBoardFile.FolderName}"]).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Train_WithEvents_HasTheSameWeightsAndAFileForEachStart()
    {
        await RunAsync([.. Training, "-e", "2", "-o", "without"]);
        await RunAsync([.. Training, "-e", "1", "-o", "with", "--set", "Output:TensorBoard=true"]);
        string first = Assert.Single(Files);
        long length = new FileInfo(first).Length;
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(first), StringComparison.Ordinal);

        await RunAsync(["--resume", "with", "-e", "2"]);

        Assert.Equal(File.ReadAllBytes(_folder["without/model.safetensors"]), File.ReadAllBytes(_folder["with/model.safetensors"]));
        Assert.Equal(2, Files.Length);
        Assert.Equal((first, length), (Files[0], new FileInfo(first).Length));

        // The second event of a file that goes on after step 20: step 21, and the status START.
        byte[] second = File.ReadAllBytes(Files[1]);
        Assert.True(second.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x10, 21, 0x3A, 2, 0x08, 1]) is > 0 and < 100);
    }

    [Fact]
    public async Task Resume_ItsFolderIsAFile_SaysSoInALine()
    {
        await RunAsync([.. Training, "-e", "1", "-o", "with"]);
        _folder.Write($"with/{TensorBoardFile.FolderName}", "");

        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, ["--resume", "with", "-e", "2", "--set", "Output:TensorBoard=true"]);

        Assert.Equal(4, exitCode);
        Assert.Matches(@"^output: with.tensorboard: cannot be written: [^\n]+\n$", error);
        Assert.Contains("\"outcome\": \"failed\"", File.ReadAllText(_folder["with/run.json"]), StringComparison.Ordinal);
        File.Delete(_folder[$"with/{TensorBoardFile.FolderName}"]);
        await RunAsync(["--resume", "with", "-e", "2", "--set", "Output:TensorBoard=true"]);
        Assert.Contains("loss/train", TagsOf(Assert.Single(Files)));
    }

    /// <summary>The tags of the values in a file.</summary>
    internal static IReadOnlyList<string> TagsOf(string path)
    {
        List<string> tags = [];
        using BinaryReader file = new(File.OpenRead(path));
        while (file.BaseStream.Position < file.BaseStream.Length)
        {
            int length = (int)file.ReadUInt64();
            file.ReadUInt32();
            byte[] content = file.ReadBytes(length);
            file.ReadUInt32();
            tags.AddRange(FieldsOf(content, 5).SelectMany(summary => FieldsOf(summary, 1)).SelectMany(value => FieldsOf(value, 1)).Select(Encoding.UTF8.GetString));
        }

        return tags;
    }

    /// <summary>The values of a field of a message that are bytes.</summary>
    private static IEnumerable<byte[]> FieldsOf(byte[] message, int wanted)
    {
        using BinaryReader fields = new(new MemoryStream(message));
        while (fields.BaseStream.Position < message.Length)
        {
            long key = fields.Read7BitEncodedInt64();
            byte[]? bytes = null;
            switch (key & 7)
            {
                case 0:
                    fields.Read7BitEncodedInt64();
                    break;
                case 2:
                    bytes = fields.ReadBytes(fields.Read7BitEncodedInt());
                    break;
                default:
                    fields.ReadBytes((key & 7) == 1 ? 8 : 4);
                    break;
            }

            if (key >> 3 == wanted && bytes is not null)
            {
                yield return bytes;
            }
        }
    }

    private async Task RunAsync(string[] arguments)
    {
        (int exitCode, _, string error) = await ProgramRun.RunAsync(_folder, arguments);
        Assert.Equal((0, ""), (exitCode, error));
    }
}
