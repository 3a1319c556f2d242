using ConvNN.App.Output;

namespace ConvNN.App.Log.Events;

/// <summary>What runs, on what, with which configuration.</summary>
/// <param name="Name">What the run is called.</param>
/// <param name="Configuration">The configuration file.</param>
/// <param name="Kernels">What computes: <c>AVX-512</c>.</param>
internal sealed record StartEvent(string Name, string Configuration, string Kernels) : RunEvent("start")
{
    /// <summary>The program.</summary>
    public string Version { get; init; } = Machine.Version;

    /// <summary>The runtime.</summary>
    public string Runtime { get; init; } = Machine.Runtime;

    /// <summary>The processor.</summary>
    public string Architecture { get; init; } = Machine.Architecture;

    /// <summary>The number of processors.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("version", Version),
        new("runtime", Runtime),
        new("architecture", Architecture),
        new("kernels", Kernels),
        new("cores", Cores),
        new("configuration", Configuration),
        new("name", Name),
    ];
}
