using System.Text.Json;
using ConvNN.App.Commands.Bench.Measuring;
using ConvNN.Kernels.Vectors;

namespace ConvNN.App.Commands.Bench;

/// <summary>The output of <c>convnn bench --json</c>: the machine, the settings and the results.</summary>
/// <param name="Version">The program's version with its commit.</param>
/// <param name="Runtime">The runtime: <c>.NET 10.0.12</c>.</param>
/// <param name="Architecture">The processor's architecture: <c>x64</c>.</param>
/// <param name="Cores">The number of processors that the process may use.</param>
/// <param name="Kernels">The kernels used for the networks: <c>vector512</c>.</param>
/// <param name="Dataset">The images.</param>
/// <param name="Rounds">The number of rounds, of which medians are taken.</param>
/// <param name="IsQuick">Whether the rounds were short.</param>
/// <param name="Machine">The peak performance of the machine.</param>
/// <param name="HandOff">The overhead of almost empty steps.</param>
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
