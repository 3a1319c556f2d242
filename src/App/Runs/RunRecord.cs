using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Output;
using ConvNN.Files;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;

namespace ConvNN.App.Runs;

/// <summary><c>run.json</c>: the program, the machine, the data and the result of a run.</summary>
/// <param name="Version">The program's version: <c>0.1.0</c>.</param>
/// <param name="Commit">The commit it was built from; null if it was built outside a repository.</param>
/// <param name="Runtime">The runtime: <c>.NET 10.0.12</c>.</param>
/// <param name="OperatingSystem">The system and its version.</param>
/// <param name="Architecture">The processor's architecture: <c>x64</c>.</param>
/// <param name="Cores">The number of processors that the process may use.</param>
/// <param name="Kernels">The tier of the kernels: <c>vector512</c>.</param>
/// <param name="VectorBits">The width of their vectors in bits; 32, one float, for the scalar reference.</param>
/// <param name="Workers">The number of workers that shared each batch.</param>
/// <param name="Seed">The seed of all random numbers.</param>
/// <param name="ProcessId">The ID of the training process.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="StartedUtc">When the run began.</param>
/// <param name="EndedUtc">When it ended; null while it is running, and for ever if it was killed.</param>
/// <param name="Result">Its result.</param>
internal sealed record RunRecord(
    string Version,
    string? Commit,
    string Runtime,
    string OperatingSystem,
    string Architecture,
    int Cores,
    string Kernels,
    int VectorBits,
    int Workers,
    ulong Seed,
    int ProcessId,
    DatasetRecord Dataset,
    DateTime StartedUtc,
    DateTime? EndedUtc,
    ResultRecord Result)
{
    /// <summary>When the run was resumed from checkpoints; empty for a run that was never stopped.</summary>
    public IReadOnlyList<ResumeRecord> Resumes { get; init; } = [];

    /// <summary>When the training process started, which tells it from a later one with the same ID; null in older records.</summary>
    public DateTime? ProcessStartedUtc { get; init; }

    /// <summary>The machine of the training process; null in older records.</summary>
    public string? Host { get; init; }

    /// <summary>The hash of its configuration, <see cref="RunIdentities.ConfigurationHashOf"/>; null in older records.</summary>
    public string? ConfigurationSha256 { get; init; }

    /// <summary>The file whose weights the network began with; null if it began as the seed has it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WeightsRecord? Weights { get; init; }

    /// <summary>The number of the network's parameters; null in older records.</summary>
    public long? Parameters { get; init; }

    /// <summary>The number of processes that trained together; null in older records.</summary>
    public int? Ranks { get; init; }

    /// <summary>Its name in the run's folder.</summary>
    public const string Name = "run.json";

    // A run has a few kilobytes, and a line for each time it was resumed.
    private const int MaxBytes = 1 << 22;

    private const string HowToMend = "name a run folder that convnn train has written";

    /// <summary>The record of a run that is about to begin on this machine.</summary>
    /// <param name="run">Its configuration.</param>
    /// <param name="material">Its data and network.</param>
    /// <param name="now">The time, in UTC.</param>
    public static RunRecord Of(RunConfiguration run, RunMaterial material, DateTime now)
    {
        KernelTier tier = run.Pipeline.Kernels ?? KernelSet.BestTier;
        return new RunRecord(
            Machine.FullVersion.Split('+')[0],
            Machine.FullVersion.Split('+') is [_, string commit, ..] ? commit : null,
            Machine.Runtime,
            RuntimeInformation.OSDescription,
            Machine.Architecture,
            Environment.ProcessorCount,
            tier.ToString().ToLowerInvariant(),
            BitsOf(tier),
            run.Pipeline.WorkersFor(run.Training.BatchSize),
            run.Training.Seed,
            RunProcess.Own.Id,
            DatasetRecord.Of(material.Data),
            now,
            EndedUtc: null,
            new ResultRecord(ResultRecord.Running))
        {
            ProcessStartedUtc = RunProcess.Own.StartedUtc,
            Host = RunProcess.Own.Host,
            Parameters = material.Network.Layout.ParameterCount,
            Ranks = run.Pipeline.Ranks?.Size ?? 1,
            Weights = material.Start is { } start ? new WeightsRecord(Path.GetFullPath(start.Path), start.Sha256, start.Taken) : null,
        };
    }

    /// <summary>The record in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="RunFileException">The folder has none, or one that is damaged.</exception>
    public static RunRecord Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            RunRecord record = JsonSerializer.Deserialize(RegularFile.ReadAllBytes(path, MaxBytes), RunRecordJson.Default.RunRecord)
                ?? throw new RunFileException($"{path}: holds null; {HowToMend}.");

            // The serializer gives a list that is missing as null.
            record = record with { Resumes = record.Resumes ?? [] };
            return record.Impossible() is { } wrong ? throw new RunFileException($"{path}: {wrong}; {HowToMend}.") : record.AsSeenNow(folder);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RunFileException($"{folder}: is not a run folder: {Name} is missing; {HowToMend}.", missing);
        }
        catch (Exception wrong) when (wrong is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RunFileException($"{path}: cannot be read: {wrong.Message.Split(" Path:")[0].TrimEnd('.')}; {HowToMend}.", wrong);
        }
    }

    /// <summary>The record in a folder; null if none can be read.</summary>
    /// <param name="folder">The folder.</param>
    public static RunRecord? TryRead(string folder)
    {
        try
        {
            return Read(folder);
        }
        catch (RunFileException)
        {
            return null;
        }
    }

    /// <summary>Whether a text has the form of the hashes in a run's files: SHA-256 in lower-case hexadecimal.</summary>
    public static bool IsHash(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);

    /// <summary>A run that was killed could not record it, so whoever reads the record looks for its process.</summary>
    private RunRecord AsSeenNow(string folder) => Result.Outcome == ResultRecord.Running && new RunProcess(ProcessId, ProcessStartedUtc, Host).IsGone(folder)
        ? this with { Result = Result with { Outcome = ResultRecord.Interrupted } }
        : this;

    /// <summary>What no run can have written, though it has the right types; null if there is nothing.</summary>
    private string? Impossible()
    {
        (string Key, bool IsPossible)[] values =
        [
            ("cores", Cores > 0),
            ("vector_bits", VectorBits > 0),
            ("workers", Workers > 0),
            ("ranks", Ranks is null or > 0),
            ("train", Dataset.Train >= 0),
            ("test", Dataset.Test >= 0),
            ("validation", Dataset.Validation >= 0),
            ("sha256", Dataset.Sha256.Values.All(IsHash)),
            ("resumes", Resumes.All(resume => resume is { Workers: > 0, Step: >= 0 })),
            ("outcome", Result.Outcome is ResultRecord.Running or ResultRecord.Done or ResultRecord.Stopped or ResultRecord.Failed),
            ("parameters", Parameters is null or >= 0),
            ("epochs", Result.Epochs >= 0),
            ("best_epoch", Result.BestEpoch is null || (Result.BestEpoch > 0 && Result.BestEpoch <= Result.Epochs)),
            ("test_accuracy", Result.TestAccuracy is null or (>= 0 and <= 1)),
            ("weights_sha256", Result.WeightsSha256 is null || IsHash(Result.WeightsSha256)),
        ];
        return values.FirstOrDefault(value => !value.IsPossible).Key is { } key ? $"has an impossible {key}" : null;
    }

    private static int BitsOf(KernelTier tier) => tier switch
    {
        KernelTier.Vector128 => 128,
        KernelTier.Vector256 => 256,
        KernelTier.Vector512 => 512,
        _ => 32,
    };
}
