using System.Text.Json.Nodes;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;

namespace ConvNN.App.Log.Events;

/// <summary>The network: a line for each layer, and one for the total.</summary>
/// <param name="Name">The name of the run.</param>
/// <param name="Network">The network.</param>
internal sealed record NetworkEvent(string Name, Network Network) : RunEvent("model")
{
    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("name", Name),
        new("input", Network.Input.ToString()),
        new("layers", Network.Blocks.Count),
        new("parameters", Network.Layout.ParameterCount),
        new("trained", Network.Blocks.Any(block => block.IsFrozen) ? Network.Layout.TrainedCount : null),
        new("operations", Network.Blocks.Sum(block => block.Operations)),
    ];

    /// <inheritdoc/>
    public override IEnumerable<RunEvent> Parts => [.. Network.Blocks.Select(block => new LayerEvent(block)), this];

    /// <summary>Whether training uses dropout, so that its accuracy is not that of the network at inference.</summary>
    public bool HasDropout => Network.Layers.Any(layer => layer is Dropout);

    /// <summary>A network as an object of JSON: the fields of its line, but with an object for each layer.</summary>
    /// <param name="network">The network.</param>
    public static JsonObject Json(Network network)
    {
        JsonObject json = Field.ObjectOf(new NetworkEvent("", network).Fields.Where(field => field.Key != "name"));
        json["layers"] = new JsonArray([.. network.Blocks.Select(block => (JsonNode)Field.ObjectOf(new LayerEvent(block).Fields))]);
        return json;
    }
}
