using System.Text.Json;
using ConvNN.App.Commands.Bench.Measuring;
using ConvNN.Kernels.Vectors;

namespace ConvNN.App.Commands.Bench;

/// <summary>What <c>convnn bench --json</c> prints: what was measured, where, and what came out.</summary>
/// <param name="Version">The program's version with its commit.</param>
/// <param name="Runtime">The runtime: <c>.NET 10.0.12</c>.</param>
/// <param name="Architecture">The processor's architecture: <c>x64</c>.</param>
/// <param name="Cores">Processors that the process may use.</param>
/// <param name="Kernels">What the networks were computed with: <c>vector512</c>.</param>
/// <param name="Dataset">The images.</param>
/// <param name="Rounds">The rounds that medians were taken of.</param>
/// <param name="IsQuick">Whether the rounds were short ones.</param>
/// <param name="Machine">What the machine can do at most.</param>
/// <param name="HandOff">Steps that compute next to nothing.</param>
/// <param name="Networks">The networks.</param>
internal sealed record BenchRecord(
    string Version,
    string Runtime,
    string Architecture,
    int Cores,
    string Kernels,
    string Dataset,
    int Rounds,
    bool IsQuick,
    MachineReport Machine,
    IReadOnlyList<HandOffReport> HandOff,
    IReadOnlyList<NetworkReport> Networks)
{
    /// <summary>The record of this machine.</summary>
    public static BenchRecord Of(
        KernelTier tier,
        string dataset,
        int rounds,
        bool isQuick,
        MachineReport machine,
        IReadOnlyList<HandOffReport> handOff,
        IReadOnlyList<NetworkReport> networks) => new(
            Output.Machine.FullVersion,
            Output.Machine.Runtime,
            Output.Machine.Architecture,
            Environment.ProcessorCount,
            $"{tier}".ToLowerInvariant(),
            dataset,
            rounds,
            isQuick,
            machine,
            handOff,
            networks);

    /// <summary>The document.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, BenchRecordJson.Default.BenchRecord);
}
