using System.Text.Json.Nodes;
using ConvNN.App.Output;
using ConvNN.Training.Evaluation;
using static ConvNN.App.Output.Figures;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Commands.Models;

/// <summary>The test results of a model, as a table or as JSON.</summary>
/// <param name="path">The model.</param>
/// <param name="test">Its predictions.</param>
internal sealed class EvaluationReport(string path, ModelTest test)
{
    // Larger matrices are not shown; they are in the JSON.
    private const int MaxShownClasses = 16;

    private ConfusionMatrix Confusion => test.Confusion;

    private IReadOnlyList<string>? Names => test.Model.ClassNames;

    /// <summary>The lines.</summary>
    /// <param name="width">The maximum width of a table's line.</param>
    public IEnumerable<string> Lines(int width)
    {
        (double low, double high) = Confusion.Interval!.Value;
        int wrong = Confusion.Samples - Confusion.Correct;
        yield return $"model   {path}: {test.Model.Network.Layout.ParameterCount:N0} parameters, trained on {test.Model.Dataset}";
        yield return $"data    {test.Data.Name}: {Confusion.Samples:N0} test images; from {test.Data.Source}";
        yield return Untied($"result  {Percent(Confusion.Accuracy!.Value)} ({wrong:N0} of {Confusion.Samples:N0} wrong; 95 % interval {100 * low:0.00}–{100 * high:0.00})");
        if (Tops.Any())
        {
            yield return Untied($"top     {string.Join(", ", Tops.Select((k, place) => $"{Percent(test.Report.TopK(k)!.Value)} among {(place == 0 ? $"the {k} likeliest classes" : $"{k}")}"))}");
        }

        yield return $"weights {test.Model.WeightsSha256}";
        yield return "";
        int[] shown = Confusion.Classes <= MaxShownClasses ? [.. Classes] : [];
        if (shown.Length > 0)
        {
            yield return "       taken for";
        }

        // Beside each other if that fits, or else below.
        TextTable whole = Table(shown, hasFigures: true);
        TextTable[] tables = shown.Length == 0 || whole.Width <= width ? [whole] : [Table(shown, hasFigures: false), Table([], hasFigures: true)];
        foreach ((int place, TextTable table) in tables.Index())
        {
            foreach (string line in table.Lines(width).Prepend("").Skip(place == 0 ? 1 : 0))
            {
                yield return line;
            }
        }
    }

    private TextTable Table(int[] shown, bool hasFigures)
    {
        TextColumn[] figures = hasFigures ? [new("precision"), new("recall"), new("F₁") { Width = 5 }] : [], names = Names is null ? [] : [Word("name")];
        return new TextTable([new("class"), .. shown.Select(label => new TextColumn($"{label}") { Width = 4, Gap = 1 }), .. figures, .. names])
            .AddAll(Classes.Select(label => (string[])
            [
                $"{label}",
                .. shown.Select(predicted => Confusion[label, predicted] == 0 ? "·" : $"{Confusion[label, predicted]}"),
                .. hasFigures ? [Share(Confusion.Precision(label)), Share(Confusion.Recall(label)), Share(Confusion.F1(label))] : (string[])[],
                .. Names is null ? Array.Empty<string>() : [Names[label]],
            ]));
    }

    /// <summary>The same as JSON.</summary>
    public string Json()
    {
        (double low, double high) = Confusion.Interval!.Value;
        return ReadableJson.Of(new JsonObject
        {
            ["model"] = path,
            ["weights_sha256"] = test.Model.WeightsSha256,
            ["parameters"] = test.Model.Network.Layout.ParameterCount,
            ["dataset"] = test.Data.Name,
            ["test_images"] = Confusion.Samples,
            ["correct"] = Confusion.Correct,
            ["accuracy"] = Confusion.Accuracy,
            ["top_k"] = new JsonArray([.. Tops.Select(k => (JsonNode)new JsonObject { ["k"] = k, ["accuracy"] = test.Report.TopK(k) })]),
            ["interval_low"] = low,
            ["interval_high"] = high,
            ["confusion"] = new JsonArray([.. Classes.Select(label => (JsonNode)new JsonArray([.. Classes.Select(predicted => (JsonNode)Confusion[label, predicted])]))]),
            ["classes"] = new JsonArray([.. Classes.Select(label => (JsonNode)new JsonObject
            {
                ["class"] = label,
                ["name"] = Names?[label],
                ["images"] = Confusion.Support(label),
                ["precision"] = Confusion.Precision(label),
                ["recall"] = Confusion.Recall(label),
                ["f1"] = Confusion.F1(label),
            })]),
        });
    }

    // With as many guesses as classes, a network is always right.
    private IEnumerable<int> Tops => ((int[])[2, 3, 5]).Where(k => k < Confusion.Classes);

    private IEnumerable<int> Classes => Enumerable.Range(0, Confusion.Classes);

    private static string Share(double? share) => share is { } known ? $"{100 * known:0.0}" : "–";
}
