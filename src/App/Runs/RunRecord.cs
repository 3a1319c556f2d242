using System.Runtime.InteropServices;
using System.Text.Json;
using ConvNN.App.Configuration;
using ConvNN.App.Output;
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

    /// <summary>Its name in the run's folder.</summary>
    public const string Name = "run.json";

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
            Environment.ProcessId,
            DatasetRecord.Of(material.Data),
            now,
            EndedUtc: null,
            new ResultRecord(ResultRecord.Running));
    }

    /// <summary>The record in a folder; null if none can be read.</summary>
    /// <param name="folder">The folder.</param>
    public static RunRecord? TryRead(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, Name)), RunRecordJson.Default.RunRecord);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static int BitsOf(KernelTier tier) => tier switch
    {
        KernelTier.Vector128 => 128,
        KernelTier.Vector256 => 256,
        KernelTier.Vector512 => 512,
        _ => 32,
    };
}
