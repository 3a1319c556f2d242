namespace ConvNN.Model.Inspection;

/// <summary>What a <see cref="LayerInspector"/> has seen of a configured layer.</summary>
/// <param name="Name">The layer.</param>
/// <param name="GradientNorm">The Euclidean norm of its part of a batch's mean gradient, the mean over the batches; null without trained parameters.</param>
/// <param name="WeightNorm">The Euclidean norm of its trained parameters; null without any.</param>
/// <param name="Units">Its rectified units: a vector's values, an image's channels; 0 without a <see cref="Layers.Relu"/>.</param>
/// <param name="DeadUnits">Those of them that were 0 in every sample, a channel everywhere in it: no gradient reaches their weights.</param>
public sealed record LayerInsight(string Name, double? GradientNorm, double? WeightNorm, int Units, int DeadUnits)
{
    /// <summary>Share of the rectified units that are dead; null without any.</summary>
    public double? DeadShare => Units == 0 ? null : (double)DeadUnits / Units;
}
