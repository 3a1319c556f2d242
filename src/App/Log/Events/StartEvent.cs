using ConvNN.App.Output;
using ConvNN.Kernels.Probes;

namespace ConvNN.App.Log.Events;

/// <summary>The start of a run: the program, the machine and the configuration.</summary>
/// <param name="Name">The name of the run.</param>
/// <param name="Configuration">The configuration file.</param>
/// <param name="Kernels">The kernels in use: <c>AVX-512</c>.</param>
internal sealed record StartEvent(string Name, string Configuration, string Kernels) : RunEvent("start")
{
    /// <summary>The program's version.</summary>
    public string Version { get; init; } = Machine.Version;

    /// <summary>The runtime.</summary>
    public string Runtime { get; init; } = Machine.Runtime;

    /// <summary>The processor's architecture.</summary>
    public string Architecture { get; init; } = Machine.Architecture;

    /// <summary>The number of processors.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>The number of cores behind them.</summary>
    public int PhysicalCores { get; init; } = ProcessorCores.Physical;

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("version", Version),
        new("runtime", Runtime),
        new("architecture", Architecture),
        new("kernels", Kernels),
        new("cores", Cores),
        new("physical_cores", PhysicalCores < Cores ? PhysicalCores : null),
        new("configuration", Configuration),
        new("name", Name),
    ];
}
