using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>A layer as people configure it: one entry of <c>Model:Layers</c>, or one call of the builder.</summary>
public abstract record LayerOptions : TypedOptions
{
    /// <summary>The layer's name, unique in the network; null gives it its kind and a number.</summary>
    public string? Name { get; init => field = Checked(value); }

    /// <summary>What a nameless layer is called, before its number: <c>conv</c>.</summary>
    public abstract string NamePrefix { get; }

    /// <summary>The layer in a few words, for the table of the network: <c>8 of 3×3, relu</c>.</summary>
    public abstract string Summary { get; }

    /// <inheritdoc/>
    protected override string Section => Type;

    /// <summary>Adds the steps that the layer consists of.</summary>
    /// <param name="stack">The network being built.</param>
    /// <exception cref="LayerMisfitException">The layer does not fit the shape that reaches it.</exception>
    public abstract void AddTo(LayerStack stack);
}
