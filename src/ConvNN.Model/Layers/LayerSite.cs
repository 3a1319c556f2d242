using ConvNN.Model.Parameters;

namespace ConvNN.Model.Layers;

/// <summary>The place in the network where a layer is being built.</summary>
/// <param name="Name">Name of the configured layer.</param>
/// <param name="Ordinal">The layer's index in the network.</param>
/// <param name="Input">The layer's input shape.</param>
/// <param name="Layout">The layout that the layer's parameters are added to.</param>
public readonly record struct LayerSite(string Name, int Ordinal, Shape Input, ParameterLayout Layout)
{
    /// <summary>Whether training leaves the layer as it is.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Adds a parameter of the layer.</summary>
    /// <param name="index">The parameter's number within the layer, which keys its random numbers.</param>
    /// <param name="name">Its name within the layer.</param>
    /// <param name="dimensions">Its dimensions in files, outermost first.</param>
    /// <param name="initializer">How it is initialised.</param>
    /// <param name="isTrained">Whether the optimizer changes it, unless the layer is frozen.</param>
    public Parameter AddParameter(int index, string name, IReadOnlyList<int> dimensions, Initializer initializer, bool isTrained = true) =>
        Layout.Add(new ParameterKey(Name, Ordinal, name, index), dimensions, initializer, isTrained, IsFrozen);
}
