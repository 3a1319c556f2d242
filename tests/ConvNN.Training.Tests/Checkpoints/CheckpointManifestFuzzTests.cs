using System.Security.Cryptography;
using System.Text;
using ConvNN.Training.Checkpoints;

namespace ConvNN.Training.Tests.Checkpoints;

/// <summary>
/// Damages manifests in every way. The property: one loads with what was written, or <see cref="CheckpointException"/> is
/// thrown, in bounded memory; never another exception.
/// </summary>
public class CheckpointManifestFuzzTests
{
    private const string ContentKey = "\"content\": ";
    private static readonly byte[] Good = Bytes();

    [Fact]
    public void Parse_WhatWasWritten_IsTheSameWhenWrittenAgain()
    {
        MemoryStream again = new();
        CheckpointManifest.Parse(Good, "fuzz").Write(again);

        Assert.Equal(Good, again.ToArray());
    }

    [Fact]
    public void Parse_EveryTruncation_IsRefused()
    {
        // The last byte is the end of the line.
        for (int length = 0; length < Good.Length - 1; length++)
        {
            Assert.False(Loads(Good[..length], $"{length} bytes"), $"{length} of {Good.Length} bytes were taken for a whole manifest.");
        }
    }

    [Fact]
    public void Parse_EveryBitFlipped_GivesTheSameOrIsRefused()
    {
        byte[] damaged = [.. Good];
        for (int bit = 0; bit < 8 * Good.Length; bit++)
        {
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            _ = Loads(damaged, $"bit {bit}");
            damaged[bit / 8] = Good[bit / 8];
        }
    }

    [Fact]
    public void Parse_RandomDamage_GivesTheSameOrIsRefused()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            _ = Loads(Damage(Good, new Random(seed)), $"seed {seed}");
        }
    }

    /// <summary>Damaged content with a hash that fits, as a program with a bug would write it: what loads can be written again.</summary>
    [Fact]
    public void Parse_DamageWithAGoodHash_GivesAManifestOrIsRefused()
    {
        int start = Encoding.UTF8.GetString(Good).IndexOf(ContentKey, StringComparison.Ordinal) + ContentKey.Length;
        byte[] content = Good[start..^3];
        int loaded = 0;
        for (int seed = 0; seed < 6000; seed++)
        {
            byte[] damaged = Damage(content, new Random(seed));
            string hash = Convert.ToHexStringLower(SHA256.HashData(damaged));
            byte[] file = [.. Encoding.UTF8.GetBytes($"{{\"convnn_checkpoint\": 1, \"sha256\": \"{hash}\", {ContentKey}"), .. damaged, (byte)'}'];
            try
            {
                CheckpointManifest manifest = CheckpointManifest.Parse(file, "fuzz");
                manifest.Write(Stream.Null);
                _ = (manifest.Progress.Best, CheckpointName.Of(manifest.Progress).ToString());
                loaded++;
            }
            catch (CheckpointException refused)
            {
                Assert.False(refused.Message.Any(char.IsControl), $"seed {seed}: the message is not one line: {refused.Message}");
            }
        }

        Assert.True(loaded > 100, $"Only {loaded} manifests could be read: the damage leaves too little of the property to test.");
    }

    [Theory]
    [InlineData("", "is not a checkpoint manifest")]
    [InlineData("null", "is not an object with convnn_checkpoint, sha256 and content")]
    [InlineData("[]", "is not an object with convnn_checkpoint, sha256 and content")]
    [InlineData("{\"convnn_checkpoint\": 2, \"sha256\": \"\", \"content\": {}}", "has format 2, expected 1; use a version of ConvNN that supports it.")]
    [InlineData("{\"convnn_checkpoint\": 1, \"sha256\": \"\", \"content\": {}}", "has content with SHA-256 44136fa3")]
    public void Parse_OtherFiles_SaysWhatIsWrong(string text, string expected)
    {
        CheckpointException refused = Assert.Throws<CheckpointException>(() => CheckpointManifest.Parse(Encoding.UTF8.GetBytes(text), "m.json"));

        Assert.StartsWith("m.json: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\b")]
    [InlineData(".lock")]
    public void Parse_FilesElsewhere_AreRefused(string name)
    {
        CheckpointManifest manifest = CheckpointManifest.Parse(Good, "fuzz");
        MemoryStream stream = new();
        (manifest with { Files = new Dictionary<string, CheckpointFile> { [name] = new(1, "", []) } }).Write(stream);

        CheckpointException refused = Assert.Throws<CheckpointException>(() => CheckpointManifest.Parse(stream.ToArray(), "fuzz"));

        Assert.Contains($"lists a file '{name}', which does not belong to a checkpoint", refused.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes()
    {
        MemoryStream stream = new();
        CheckpointFile file = new(123, new string('0', 64), ["conv1.weight [8, 1, 3, 3]"]);
        new CheckpointManifest(
            "0.1.0", CheckpointRig.At(14, 0.5, 0.7), CheckpointRig.Run, new string('b', 64), new Dictionary<string, CheckpointFile> { ["model.safetensors"] = file }).Write(stream);
        return stream.ToArray();
    }

    /// <summary>One to four of the things that happen to files.</summary>
    private static byte[] Damage(byte[] file, Random random)
    {
        List<byte> bytes = [.. file];
        for (int times = random.Next(1, 5); times > 0 && bytes.Count > 0; times--)
        {
            int position = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 9), bytes.Count - position);
            switch (random.Next(5))
            {
                case 0:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[position] = (byte)('0' + random.Next(10));
                    break;
                case 2:
                    bytes.RemoveRange(position, length);
                    break;
                case 3:
                    bytes.InsertRange(position, bytes.GetRange(position, length));
                    break;
                default:
                    bytes.Reverse(position, length);
                    break;
            }
        }

        return [.. bytes];
    }

    private static bool Loads(byte[] file, string damage)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isLoaded = false;
        try
        {
            MemoryStream again = new();
            CheckpointManifest.Parse(file, "fuzz").Write(again);
            Assert.True(again.ToArray().AsSpan().SequenceEqual(Good), $"{damage}: another manifest was taken for a good one.");
            isLoaded = true;
        }
        catch (CheckpointException refused)
        {
            Assert.False(refused.Message.Any(char.IsControl), $"{damage}: the message is not one line: {refused.Message}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 1 << 20, $"{damage}: {allocated} bytes were allocated for a file of {file.Length}.");
        return isLoaded;
    }
}
