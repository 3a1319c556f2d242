using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ConvNN.Files;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Checkpoints;

/// <summary>
/// <c>manifest.json</c> of a checkpoint, written last: the run, the position in it, and the hashes of the files and of the
/// manifest itself.
/// </summary>
/// <param name="Program">The version of the program that wrote it.</param>
/// <param name="Progress">The position in the run.</param>
/// <param name="Run">The run's identity.</param>
/// <param name="WeightsSha256">SHA-256 of the weights, <see cref="Model.Parameters.ParameterLayout.Hash"/>; null if only metadata is kept.</param>
/// <param name="Files">The files next to it; empty if only metadata is kept.</param>
public sealed record CheckpointManifest(
    string Program,
    TrainingProgress Progress,
    RunIdentity Run,
    string? WeightsSha256,
    IReadOnlyDictionary<string, CheckpointFile> Files)
{
    /// <summary>Its name in the checkpoint's folder.</summary>
    public const string Name = "manifest.json";

    /// <summary>The version of the format that is written, and the only one that is read.</summary>
    public const int FormatVersion = 1;

    private const string FormatKey = "convnn_checkpoint";
    private const string HashKey = "sha256";
    private const string ContentKey = "content";
    private const long MaxBytes = 1L << 28;

    // An envelope that holds the manifest and its hash.
    private const int MaxDepth = 16;

    /// <summary>Whether a run can continue from it, which needs more than metadata.</summary>
    public bool HasState => Files.Count > 0;

    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(Stream stream)
    {
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(this, CheckpointJson.Default.CheckpointManifest);
        string hash = Sha256Hash.Of(content);
        stream.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{{\n\"{FormatKey}\": {FormatVersion},\n\"{HashKey}\": \"{hash}\",\n\"{ContentKey}\": ")));
        stream.Write(content);
        stream.Write("\n}\n"u8);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">It is missing, cannot be read, or is not exactly what <see cref="Write"/> writes.</exception>
    public static CheckpointManifest Read(string path)
    {
        try
        {
            return Parse(RegularFile.ReadAllBytes(path, MaxBytes), path);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {reason.Message.TrimEnd('.')}; use another checkpoint.", reason);
        }
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="json">All of them.</param>
    /// <param name="source">Its name in messages.</param>
    /// <exception cref="CheckpointException">They are not exactly what <see cref="Write"/> writes.</exception>
    public static CheckpointManifest Parse(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            using JsonDocument document = StrictJson.Parse(json, MaxDepth);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
                || !root.TryGetProperty(FormatKey, out JsonElement version) || version.ValueKind != JsonValueKind.Number
                || !root.TryGetProperty(HashKey, out JsonElement hash) || hash.ValueKind != JsonValueKind.String
                || !root.TryGetProperty(ContentKey, out JsonElement content) || content.ValueKind != JsonValueKind.Object)
            {
                throw Wrong(source, $"is not an object with {FormatKey}, {HashKey} and {ContentKey}");
            }

            if (!version.TryGetInt32(out int number) || number != FormatVersion)
            {
                throw new CheckpointException($"{source}: has format {version.GetRawText()}, expected {FormatVersion}; use a version of ConvNN that supports it.");
            }

            ReadOnlySpan<byte> bytes = JsonMarshal.GetRawUtf8Value(content);
            string found = Sha256Hash.Of(bytes);
            if (hash.GetString() != found)
            {
                throw Wrong(source, $"has content with SHA-256 {found}, expected {hash.GetString()}");
            }

            return Checked(JsonSerializer.Deserialize(bytes, CheckpointJson.Default.CheckpointManifest), source);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            throw new CheckpointException($"{source}: is not a checkpoint manifest: {wrong.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.')}; use another checkpoint.", wrong);
        }
    }

    /// <summary>Checks the values that others rely on: a program with a bug may have written and hashed anything.</summary>
    private static CheckpointManifest Checked(CheckpointManifest? manifest, string source)
    {
        if (manifest is null)
        {
            throw Wrong(source, $"has no content");
        }

        TrainingProgress progress = manifest.Progress;
        EpochProgress current = progress.Current;
        bool isCounted = progress.Epochs.Select(epoch => epoch.Epoch).SequenceEqual(Enumerable.Range(1, progress.Epochs.Count))
            && current is { Steps: >= 0, Samples: >= 0, Correct: >= 0 } && current.Correct <= current.Samples && current.Elapsed >= TimeSpan.Zero
            && double.IsFinite(current.LossSum) && progress.Step >= current.Steps;
        if (!isCounted)
        {
            throw Wrong(source, $"has impossible counts of steps, epochs and samples");
        }

        if (manifest.Files.Keys.FirstOrDefault(name => !IsFileName(name)) is { } unfit)
        {
            throw Wrong(source, $"lists a file '{unfit}', which does not belong to a checkpoint");
        }

        return manifest;
    }

    private static bool IsFileName(string name) =>
        name.Length is > 0 and <= 128 && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static CheckpointException Wrong(string source, FormattableString what) =>
        new($"{source}: {what.ToString(CultureInfo.InvariantCulture)}; the checkpoint is damaged; use another.");
}
