using ConvNN.Model.Layers;

namespace ConvNN.Model.Networks;

/// <summary>A configured layer in its network, for tables, messages and files; it may consist of several executed layers.</summary>
/// <param name="Options">The layer as configured, with its name in the network.</param>
/// <param name="Output">The shape of a sample after it.</param>
/// <param name="ParameterCount">Number of values that training changes, or would if the layer were not frozen.</param>
/// <param name="Operations">Floating-point operations of a forward pass, per sample.</param>
public sealed record NetworkBlock(LayerOptions Options, Shape Output, long ParameterCount, long Operations)
{
    /// <summary>Whether it has parameters that training leaves as they are.</summary>
    public bool IsFrozen => Options.Frozen && ParameterCount > 0;

    /// <summary>Its name.</summary>
    public string Name => Options.Name!;

    /// <summary>Its registered type.</summary>
    public string Type => Options.Type;

    /// <summary>Its options in a few words.</summary>
    public string Summary => Options.Summary;
}
