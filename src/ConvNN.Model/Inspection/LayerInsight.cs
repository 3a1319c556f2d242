namespace ConvNN.Model.Inspection;

/// <summary>What a <see cref="LayerInspector"/> measured for a configured layer.</summary>
/// <param name="Name">The layer.</param>
/// <param name="GradientNorm">
/// The Euclidean norm of its part of a batch's mean gradient, averaged over the batches; null without trained parameters.
/// </param>
/// <param name="WeightNorm">The Euclidean norm of its trained parameters; null if there are none.</param>
/// <param name="Units">Number of rectified units: a vector's values or an image's channels; 0 without a <see cref="Layers.Relu"/>.</param>
/// <param name="DeadUnits">
/// Number of units that were 0 in every sample (a channel at every position): no gradient reaches their weights.
/// </param>
public sealed record LayerInsight(string Name, double? GradientNorm, double? WeightNorm, int Units, int DeadUnits)
{
    /// <summary>Fraction of the rectified units that are dead; null if there are none.</summary>
    public double? DeadShare => Units == 0 ? null : (double)DeadUnits / Units;
}
