using System.Text.Json.Nodes;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;

namespace ConvNN.App.Commands.Sweep;

/// <summary>A sweep's results as JSON: each configuration and point with its statistics over the seeds, and the individual rows.</summary>
internal static class SweepJson
{
    /// <summary>The document.</summary>
    /// <param name="results">The results, in the order of the table.</param>
    public static string Of(IEnumerable<SweepResult> results) => ReadableJson.Of(new JsonArray([.. results.Select(result => (JsonNode)new JsonObject
    {
        ["configuration"] = result.Name,
        ["varied"] = new JsonObject(result.Point.Values.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["dataset"] = result.Dataset,
        ["parameters"] = result.Parameters,
        ["epochs"] = result.Epochs?.Mean,
        ["stopped_after"] = result.StoppedAfter,
        ["validation_accuracy"] = Of(result.Validation),
        ["test_accuracy"] = Of(result.Test),
        ["seconds"] = result.Seconds?.Mean,
        ["images_per_second"] = result.ImagesPerSecond?.Mean,
        ["alone"] = result.IsAlone,
        ["weights_sha256"] = result.WeightsSha256,
        ["trials"] = new JsonArray([.. result.Rows.Select(row => row is null ? null : Field.ObjectOf(row.Fields))]),
    })]));

    private static JsonObject? Of(MeanAndDeviation? spread) =>
        spread is { } known ? new JsonObject { ["mean"] = known.Mean, ["sd"] = known.Deviation, ["trials"] = known.Count } : null;
}
