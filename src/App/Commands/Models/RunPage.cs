using ConvNN.App.Configuration;
using ConvNN.App.Log.Drawing;
using ConvNN.App.Output;
using ConvNN.App.Reports;
using ConvNN.App.Runs;
using ConvNN.Data.Augmentations;
using ConvNN.Pictures;
using ConvNN.Training.Evaluation;
using ConvNN.Training.Options;
using ConvNN.Training.Schedules;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Commands.Models;

/// <summary>The page about a run: its result, curves, throughput, confusion matrix, misread images and the first layer's filters.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="record">Its record.</param>
/// <param name="run">Its configuration.</param>
/// <param name="history">Its epochs.</param>
/// <param name="steps">Its recorded steps.</param>
/// <param name="test">The model's predictions for the test images.</param>
internal sealed class RunPage(string folder, RunRecord record, RunConfiguration run, IReadOnlyList<HistoryRow> history, StepRows steps, ModelTest test)
{
    private const int MaxMisread = 60;
    private const int MaxPoints = 200;
    private const string Epoch = "epoch";

    private ConfusionMatrix Confusion => test.Confusion;

    /// <summary>The page.</summary>
    public string Html() => HtmlPage.WithCharts($"{Path.GetFileName(Path.GetFullPath(folder))} – ConvNN", [.. Head(), .. Charts(), .. Recipe(), .. new AugmentedPictures(record, run, test.Data).Html(), .. Matrix(), .. Misread(), .. Filters(), .. Facts()]);

    private IEnumerable<string> Head()
    {
        (double low, double high) = Confusion.Interval!.Value;
        yield return $"<h1>{HtmlPage.Escape(folder)}</h1><p class=\"faint\">{HtmlPage.Escape(run.Name)}</p>";
        yield return $"<p class=\"big\">{100 * Confusion.Accuracy!.Value:0.00} %</p>";
        yield return $"<p class=\"faint\">of {Confusion.Samples:N0} test images of {HtmlPage.Escape(test.Data.Name)} right, {Confusion.Samples - Confusion.Correct:N0} wrong; 95 % interval {100 * low:0.00}–{100 * high:0.00} %</p>";
        if (IsValidated && record.Result.BestEpoch is { } best)
        {
            yield return $"<p class=\"faint\">The weights are those of epoch {best} of {history.Count}, the best on {record.Dataset.Validation:N0} validation images.</p>";
        }
    }

    private bool IsValidated => history.Any(row => row["validation_loss"] is not null);

    private IEnumerable<string> Charts()
    {
        Curve[] Curves(string figure, double scale) =>
        [
            .. ((string[])["training", "test", "validation"])
                .Where(part => part != "validation" || IsValidated)
                .Select(part => Curve.OfEpochs(part, Column($"{(part == "training" ? "train" : part)}_{figure}", scale))),
        ];

        yield return "<h2>Training</h2><div class=\"charts\">";
        yield return new Chart("Loss, nats", Epoch, Curves("loss", 1), StartsAtZero: true).Html();
        yield return new Chart("Accuracy, %", Epoch, Curves("accuracy", 100), StartsAtZero: false).Html();
        yield return new Chart("Throughput, images/s", Epoch, [Curve.OfEpochs("images/s", Column("images_per_second"))], StartsAtZero: true).Html();
        yield return "</div>";
        if (steps.Count == 0)
        {
            yield break;
        }

        yield return $"<h2>Steps</h2><p class=\"faint\">{steps.Count:N0} recorded steps{(steps.Count > MaxPoints ? $"; each point is the mean of {(steps.Count + MaxPoints - 1) / MaxPoints}" : "")}</p><div class=\"charts\">";
        yield return Steps("Loss of a batch, nats", "loss", startsAtZero: true);
        yield return Steps("Accuracy of a batch, %", "accuracy", startsAtZero: false, scale: 100);
        yield return Steps("Gradient norm", "gradient_norm", startsAtZero: true);
        yield return Steps("Learning rate", "learning_rate", startsAtZero: true);
        yield return "</div>";
    }

    private string Steps(string title, string column, bool startsAtZero, double scale = 1) =>
        new Chart(title, "step", [new Curve(column.Replace('_', ' '), steps["step"], [.. steps[column].Select(value => scale * value)]).Thinned(MaxPoints)], startsAtZero).Html();

    private double[] Column(string name, double scale = 1) => [.. history.Select(row => row[name] is { } value ? scale * value : double.NaN)];

    private IEnumerable<string> Matrix()
    {
        int[] classes = [.. Enumerable.Range(0, Confusion.Classes)];
        int mostWrong = Math.Max(1, classes.Max(label => classes.Where(predicted => predicted != label).Select(predicted => Confusion[label, predicted]).DefaultIfEmpty().Max()));
        yield return "<h2>Confusion matrix</h2><p class=\"faint\">Rows are the true classes, columns the predicted ones.</p><div class=\"scroll\"><table class=\"matrix\">";
        yield return $"<tr><th></th>{string.Concat(classes.Select(predicted => $"<th>{NameOf(predicted)}</th>"))}<th>recall</th></tr>";
        foreach (int label in classes)
        {
            string cells = string.Concat(classes.Select(predicted =>
            {
                int count = Confusion[label, predicted];
                bool isHit = label == predicted;
                double share = isHit ? Confusion.Recall(label) ?? 0 : Math.Sqrt((double)count / mostWrong);
                return $"<td style=\"background:rgb(var({(isHit ? "--hit" : "--miss")}) / {0.55 * share:0.00})\">{(count == 0 ? "" : $"{count}")}</td>";
            }));
            yield return $"<tr><th>{NameOf(label)}</th>{cells}<td>{100 * Confusion.Recall(label):0.0} %</td></tr>";
        }

        yield return $"<tr><th>precision</th>{string.Concat(classes.Select(predicted => $"<td>{100 * Confusion.Precision(predicted):0.0}</td>"))}<td></td></tr></table></div>";
    }

    private IEnumerable<string> Misread()
    {
        int[] wrong = [.. Enumerable.Range(0, Confusion.Samples)
            .Where(i => test.Predicted[i] != test.Data.Test.Label(i))
            .OrderByDescending(i => test.Probability(i, test.Predicted[i]))];
        yield return $"<h2>Misread images</h2><p class=\"faint\">{wrong.Length:N0} in all{(wrong.Length > MaxMisread ? $"; the {MaxMisread} of which the network was most certain" : "")}: true class → predicted class.</p><div class=\"tiles\">";
        foreach (int i in wrong.Take(MaxMisread))
        {
            (int label, int predicted) = (test.Data.Test.Label(i), test.Predicted[i]);
            string image = HtmlPage.Image(Planes.ToPicture(test.Data.Test.Image(i).ToArray(), test.Data.Test.Shape), $"test image {i}, true class {test.NameOf(label)}");
            yield return $"<div class=\"tile\" title=\"test image {i}\">{image}{NameOf(label)} → {NameOf(predicted)}<br><span class=\"faint\">{100 * test.Probability(i, predicted):0.0} %</span></div>";
        }

        yield return "</div>";
    }

    private IEnumerable<string> Filters()
    {
        if (FilterPictures.Of(test.Model.Network) is not { } filters)
        {
            yield break;
        }

        yield return $"<h2>Filters of {HtmlPage.Escape(filters.Layer)}</h2><p class=\"faint\">{filters.Count} of {filters.Size}; {filters.Legend}.</p><div class=\"tiles\">";
        foreach ((int filter, Picture picture) in filters.Draw(filters.Take(test.Model.Weights.Span)).Index())
        {
            yield return $"<div class=\"tile\">{HtmlPage.Image(picture, $"filter {filter}")}{filter}</div>";
        }

        yield return "</div>";
    }

    private string NameOf(int label) => HtmlPage.Escape(test.NameOf(label));

    private IEnumerable<string> Recipe()
    {
        TrainingOptions training = run.Training;

        // Optimizer and rate come first in it, batch, epochs and seed last: these have rows of their own.
        string[] others = [.. RunDrawing.Recipe(training with { Schedule = new ConstantSchedule(), Augmentation = new NoAugmentation() }).Skip(2).SkipLast(3)];
        return
        [
            "<h2>Hyperparameters</h2>",
            Table(
            [
                ("optimizer", $"{training.Optimizer}"),
                ("learning rate", $"{training.LearningRate}"),
                ("schedule", $"{training.Schedule}"),
                ("batch size", $"{training.BatchSize}"),
                ("epochs", $"{training.Epochs}"),
                ("augmentation", $"{training.Augmentation}"),
                .. others.Length == 0 ? [] : ((string, string)[])[("further", Fold.Plain(string.Join(", ", others)))],
                ("seed", $"{training.Seed}"),
            ]),
            $"<details><summary>all keys of the configuration</summary>{Table(Keys())}</details>",
        ];
    }

    private IEnumerable<(string Key, string Value)> Keys() =>
        ConfigurationFile.Find(Path.Combine(folder, ResolvedConfiguration.Name)).Root.Values().Where(value => value.Node.Text is not null).Select(value => (value.Key, value.Node.Text!));

    private static string Table(IEnumerable<(string Name, string Value)> rows) =>
        $"<table class=\"facts\">{string.Concat(rows.Select(row => $"<tr><th>{HtmlPage.Escape(row.Name)}</th><td>{HtmlPage.Escape(row.Value)}</td></tr>"))}</table>";

    private string[] Facts() =>
    [
        "<h2>The run</h2>",
        Table(
        [
            ("network", string.Join(" → ", test.Model.Network.Blocks.Select(block => $"{block.Name} {block.Type} {block.Summary}".TrimEnd()))),
            ("parameters", $"{test.Model.Network.Layout.ParameterCount:N0}"),
            ("weights SHA-256", test.Model.WeightsSha256),
            ("trained on", $"{record.Dataset.Name}, {record.Dataset.Train:N0} images; tested with {test.Data.Name}, {Confusion.Samples:N0}"),
            ("outcome", Untied($"{record.Result.Outcome}, {Plural(record.Result.Epochs, "epoch")}")),
            ("started", $"{record.StartedUtc:u}"),
            ("machine", $"{record.Runtime}, {record.Architecture}, {record.Cores} cores, {record.Kernels}, {record.Workers} workers, seed {record.Seed}"),
            ("version", record.Version),
        ]),
    ];
}
