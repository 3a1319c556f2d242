namespace ConvNN.Model.Layers;

/// <summary>What the layers with weights have in common: how the weights start.</summary>
public abstract record WeightedLayerOptions : LayerOptions
{
    /// <summary>A name of <see cref="WeightInitializer"/>; null for He's, normal.</summary>
    public string? Initializer { get; init => field = Checked(value); }

    /// <summary>What every weight starts at with the initializer <c>constant</c>.</summary>
    public double? InitialValue { get; init => field = Checked(value); }
}
