using ConvNN.Model.Networks;

namespace ConvNN.App.Log.Events;

/// <summary>A layer of the network.</summary>
/// <param name="Block">The layer.</param>
internal sealed record LayerEvent(NetworkBlock Block) : RunEvent("layer")
{
    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("name", Block.Name),
        new("type", Block.Type),
        new("summary", Block.Summary),
        new("output", Block.Output.ToString()),
        new("parameters", Block.ParameterCount),
        new("frozen", Block.IsFrozen ? true : null),
        new("operations", Block.Operations),
    ];
}
