using System.Text.Json.Nodes;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Model.Checking;
using ConvNN.Model.Networks;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Commands.CheckGradients;

/// <summary>A comparison of gradients as a table of 80 columns: a line per tensor, and a note for each layer without tensors.</summary>
/// <param name="network">The network.</param>
/// <param name="results">The result for each tensor.</param>
/// <param name="kernels">The kernels that were checked.</param>
internal sealed class GradientReport(Network network, IReadOnlyList<TensorCheck> results, string kernels)
{
    /// <summary>The lines.</summary>
    /// <param name="samples">The number of samples.</param>
    /// <param name="samplesOnKinks">How many of them are on a kink, and were left out.</param>
    public IEnumerable<string> Lines(int samples, int samplesOnKinks)
    {
        string left = samplesOnKinks == 0 ? "" : $", {samplesOnKinks} of them left out: on a kink";
        yield return $"check   backward with {kernels}, {samples} samples{left}, against central differences";
        yield return "        of the loss in double precision; differences are shares of the tensor's";
        yield return "        largest gradient; allowed: roundings on the longest path × 2⁻²⁴";
        TextTable table = new(Word("tensor", 14), Word("shape", 12), new("checked"), new("kinks"), new("largest diff."), new("allowed"), Word("verdict"));
        bool hasWeightsBefore = false;
        foreach (NetworkBlock block in network.Blocks)
        {
            TensorCheck[] own = [.. results.Where(result => result.Parameter.Key.Layer == block.Name)];
            if (own.Length == 0)
            {
                table.Add(block.Name, $"{block.Type}: no weights; {(hasWeightsBefore ? "checked by the tensors before it" : "nothing before it needs its gradient")}");
            }

            hasWeightsBefore |= own.Length > 0;
            table.AddAll(own.Select(Cells));
        }

        foreach (string line in table.Lines())
        {
            yield return line;
        }

        int wrong = results.Count(result => !result.IsRight);
        yield return wrong == 0
            ? $"right   all {results.Count} tensors agree"
            : $"WRONG   {wrong} of {results.Count} tensors; the first: {Explain(results.First(result => !result.IsRight))}";
    }

    /// <summary>The same as JSON.</summary>
    /// <param name="head">What was checked; the results are added to it.</param>
    /// <param name="samples">The number of samples.</param>
    /// <param name="samplesOnKinks">How many of them are on a kink, and were left out.</param>
    public string Json(JsonObject head, int samples, int samplesOnKinks)
    {
        head["kernels"] = kernels;
        head["samples"] = samples;
        head["samples_on_kinks"] = samplesOnKinks;
        head["tensors"] = new JsonArray([.. results.Select(result => (JsonNode)Json(result))]);
        head["right"] = results.All(result => result.IsRight);
        return ReadableJson.Of(head);
    }

    private static JsonObject Json(TensorCheck result)
    {
        // A gradient that is wrong may also be infinite or not a number, for which JSON has null.
        JsonObject json = Field.ObjectOf(
        [
            new("tensor", result.Parameter.Name),
            new("shape", null),
            new("checked", result.Checked),
            new("kinks", result.Kinks),
            new("largest_difference", result.LargestDifference),
            new("allowed", result.Tolerance),
            new("largest_gradient", result.Scale),
            new("worst", result.Worst),
            new("right", result.IsRight),
        ]);
        json["shape"] = new JsonArray([.. result.Parameter.Dimensions.Select(length => (JsonNode)length)]);
        return json;
    }

    private static string[] Cells(TensorCheck result) =>
    [
        result.Parameter.Name,
        string.Join('×', result.Parameter.Dimensions),
        $"{result.Checked}",
        $"{result.Kinks}",
        $"{result.LargestDifference:0.0e+0}",
        $"{result.Tolerance:0.0e+0}",
        result.IsRight ? result.Scale == 0 ? "right (all 0)" : "right" : result.Checked == 0 ? "NOT CHECKED" : "WRONG",
    ];

    private static string Explain(TensorCheck result) => result.Worst is { } worst
        ? $"{worst} is off by {result.LargestDifference:0.0e+0} of {result.Scale:0.0e+0}, more than {result.Tolerance:0.0e+0}"
        : $"{result.Parameter.Name} has a kink at every coordinate tried; another --seed may help";
}
