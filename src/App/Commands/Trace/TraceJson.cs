using System.Text.Json.Nodes;
using ConvNN.App.Output;
using ConvNN.Training.Tracing;

namespace ConvNN.App.Commands.Trace;

/// <summary>A step in detail as JSON. Only <c>workers</c> and each <c>worker</c> depend on the number of workers.</summary>
/// <param name="trace">The step.</param>
/// <param name="steps">The number of steps per epoch.</param>
internal sealed class TraceJson(StepTrace trace, long steps)
{
    /// <summary>The document.</summary>
    /// <param name="head">What was trained; the results are added to it.</param>
    public string Of(JsonObject head)
    {
        head["step"] = trace.Step;
        head["epoch"] = trace.Epoch;
        head["step_of_epoch"] = ((trace.Step - 1) % steps) + 1;
        head["steps_per_epoch"] = steps;
        head["samples"] = trace.SampleCount;
        head["mean_loss"] = trace.Leaves.Sum(leaf => leaf.LossSum) / trace.SampleCount;
        head["workers"] = trace.Workers.Count;
        head["leaves"] = new JsonArray([.. trace.Leaves.Select((leaf, number) => (JsonNode)Leaf(leaf, number))]);
        head["joins"] = new JsonArray([.. trace.Joins.Select(join => (JsonNode)Join(join))]);
        head["mean_gradient_norm"] = trace.MeanNorm;
        head["learning_rate"] = trace.LearningRate;
        head["weights"] = new JsonArray([.. trace.Weights.Select(weight => (JsonNode)new JsonObject
        {
            ["weight"] = weight.Name,
            ["before"] = weight.Before,
            ["mean_gradient"] = weight.Mean,
            ["after"] = weight.After,
        })]);
        head["orders"] = new JsonObject
        {
            ["weights"] = trace.Orders.Weights,
            ["differing"] = trace.Orders.Differing,
            ["weight"] = trace.Orders.Example.Name,
            ["leaf_sums"] = new JsonArray([.. trace.Orders.Example.Leaves.Select(sum => (JsonNode)sum)]),
            ["first_to_last"] = trace.Orders.Example.Forward,
            ["last_to_first"] = trace.Orders.Example.Backward,
            ["tree"] = trace.Orders.Example.Tree,
        };
        head["before"] = Digest(trace.Before);
        head["after"] = Digest(trace.After);
        return ReadableJson.Of(head);
    }

    private static JsonObject Leaf(TracedLeaf leaf, int number) => new()
    {
        ["leaf"] = number,
        ["first_place"] = leaf.FirstSample,
        ["loss"] = leaf.LossSum,
        ["gradient_norm"] = leaf.Norm,
        ["worker"] = leaf.Worker,
        ["images"] = new JsonArray([.. leaf.Samples.Select(sample => (JsonNode)new JsonObject
        {
            ["index"] = sample.Index,
            ["class"] = sample.Label,
            ["answer"] = sample.Prediction,
            ["loss"] = sample.Loss,
        })]),
    };

    /// <summary>A join; the reducer, which is no worker, makes those that reach beyond the leaves of one.</summary>
    private JsonObject Join(TracedJoin join) => new()
    {
        ["first_leaf"] = join.Lo,
        ["last_leaf"] = join.Hi - 1,
        ["gradient_norm"] = join.Norm,
        ["worker"] = trace.Workers.Index().Where(worker => worker.Item.Lo <= join.Lo && join.Hi <= worker.Item.Hi).Select(worker => (int?)worker.Index).FirstOrDefault(),
    };

    private static JsonObject Digest(WeightsDigest digest) => new() { ["weights_norm"] = digest.Norm, ["weights_sha256"] = digest.Sha256 };
}
