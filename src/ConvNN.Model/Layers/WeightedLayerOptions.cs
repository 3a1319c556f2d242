namespace ConvNN.Model.Layers;

/// <summary>Options that all layers with weights share: how the weights are initialised.</summary>
public abstract record WeightedLayerOptions : LayerOptions
{
    /// <summary>A name from <see cref="WeightInitializer"/>; null for He normal.</summary>
    public string? Initializer { get; init => field = Checked(value); }

    /// <summary>The initial value of every weight with the initializer <c>constant</c>.</summary>
    public double? InitialValue { get; init => field = Checked(value); }
}
