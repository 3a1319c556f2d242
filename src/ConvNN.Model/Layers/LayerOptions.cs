using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>The options of a layer: one entry of <c>Model:Layers</c>, or one call to the builder.</summary>
public abstract record LayerOptions : TypedOptions
{
    /// <summary>The layer's name, unique in the network; if null, its kind and a number.</summary>
    public string? Name { get; init => field = Checked(value); }

    /// <summary>Whether training leaves the layer's weights as they are, and a batch norm its running statistics, which then normalise in training, too.</summary>
    public bool Frozen { get; init => field = Checked(value); }

    /// <summary>The name of an unnamed layer, before its number: <c>conv</c>.</summary>
    public abstract string NamePrefix { get; }

    /// <summary>The layer in a few words, for the network's table: <c>8 of 3×3, relu</c>.</summary>
    public abstract string Summary { get; }

    /// <inheritdoc/>
    protected override string Section => Type;

    /// <summary>Adds the executed layers that the configured layer consists of.</summary>
    /// <param name="stack">The network being built.</param>
    /// <exception cref="LayerMisfitException">The layer does not fit its input shape.</exception>
    public abstract void AddTo(LayerStack stack);
}
