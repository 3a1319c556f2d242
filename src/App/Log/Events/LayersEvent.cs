using ConvNN.Training.Progress;

namespace ConvNN.App.Log.Events;

/// <summary>The layer statistics after an epoch: a line for each layer.</summary>
/// <param name="Result">The statistics.</param>
internal sealed record LayersEvent(LayersInspected Result) : RunEvent("layers")
{
    /// <inheritdoc/>
    public override IEnumerable<Field> Fields => [new("epoch", Result.Epoch), new("layers", Result.Layers.Count)];

    /// <inheritdoc/>
    public override IEnumerable<RunEvent> Parts => Result.Layers.Select(layer => new LayerInsightEvent(Result.Epoch, layer));
}
