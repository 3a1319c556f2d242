using ConvNN.Model.Inspection;

namespace ConvNN.App.Log.Events;

/// <summary>The statistics of a layer after an epoch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Layer">The statistics.</param>
internal sealed record LayerInsightEvent(int Epoch, LayerInsight Layer) : RunEvent("layer_statistics")
{
    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("epoch", Epoch),
        new("name", Layer.Name),
        new("gradient_norm", Layer.GradientNorm),
        new("weight_norm", Layer.WeightNorm),
        new("relus", Layer.Units == 0 ? null : Layer.Units),
        new("dead_relus", Layer.Units == 0 ? null : Layer.DeadUnits),
        new("dead_share", Layer.DeadShare is { } share ? Math.Round(share, 3) : null),
    ];
}
