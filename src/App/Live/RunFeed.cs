using System.Text.Json.Nodes;
using ConvNN.App.Faults;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Reports;
using ConvNN.Dashboard;
using ConvNN.Data;
using ConvNN.Model.Networks;
using ConvNN.Training.Evaluation;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;

namespace ConvNN.App.Live;

/// <summary>
/// Tells a page what happens in a run: the events of its log, as JSON has them, and what a log cannot show: the stages of the pipeline, the
/// first layer's filters, the confusion matrix and the misread images.
/// </summary>
/// <param name="feed">What the page reads.</param>
/// <param name="time">The clock.</param>
internal sealed class RunFeed(EventFeed feed, TimeProvider time)
{
    private const int MostMisread = 24;

    // A larger matrix is no picture any more.
    private const int MostClasses = 40;
    private const int MostPairs = 10;

    private readonly JsonFormat _format = new();
    private FilterPictures? _filters;
    private ImageDataset? _test;
    private volatile float[][]? _taken;

    /// <summary>Tells an event of the log.</summary>
    /// <param name="when">When it happened.</param>
    /// <param name="what">What happened.</param>
    public void Log(DateTimeOffset when, RunEvent what) => Guard(() =>
    {
        // A log has them only if it is verbose; the page gets them from the trainer in any case.
        if (what is not LayersEvent)
        {
            Tell(when, what);
        }
    });

    /// <summary>Tells that the run has failed.</summary>
    /// <param name="exception">Why.</param>
    public void Failed(Exception exception)
    {
        Fault fault = Fault.Of(exception);
        Log(time.GetUtcNow(), TextEvent.Fault(fault.ExitCode, fault.Lines().First()));
    }

    /// <summary>Tells what a run trains, and what it did before it was resumed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="epochs">The epochs of the whole run.</param>
    /// <param name="before">The epochs before it was resumed.</param>
    public void Begin(Network network, DatasetPair data, int epochs, IReadOnlyList<EpochResult> before) => Guard(() =>
    {
        (_filters, _test) = (FilterPictures.Of(network), data.Test);
        Put(new JsonObject
        {
            ["event"] = "run",
            ["classes"] = new JsonArray([.. Enumerable.Range(0, data.Test.Classes).Select(label => (JsonNode)(data.ClassNames?[label] ?? $"{label}"))]),
            ["test_images"] = data.Test.Count,
            ["validation"] = data.Validation is not null,
        });
        foreach (EpochResult epoch in before)
        {
            Tell(time.GetUtcNow(), new EpochEvent(epoch, epochs, data.IsSample));
        }
    });

    /// <summary>Takes the filters of an epoch, before the next one changes them.</summary>
    /// <param name="weights">All weights.</param>
    public void Take(ReadOnlySpan<float> weights) => _taken = _filters?.Take(weights);

    /// <summary>Tells what a trainer reports beyond the log.</summary>
    /// <param name="what">What happened.</param>
    public void Training(TrainingEvent what) => Guard(() =>
    {
        switch (what)
        {
            case StepProgress step:
                Stages(step.Loads);
                break;
            case EpochResult epoch:
                Stages(epoch.Training.Loads);
                Filters(epoch.Epoch);
                break;
            case LayersInspected layers:
                Tell(time.GetUtcNow(), new LayersEvent(layers));
                break;
            case TestImagesRead read:
                TestImages(read);
                break;
        }
    });

    // Nothing that goes wrong with a page may end a run.
    private void Guard(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception bug)
        {
            feed.Put("warning", new JsonObject { ["event"] = "warning", ["text"] = $"the page cannot show this: {bug.GetType().Name}" }.ToJsonString());
        }
    }

    private void Tell(DateTimeOffset when, RunEvent what)
    {
        foreach (RunEvent part in what.Parts)
        {
            // Each layer is a series of its own, so that thinning leaves none out.
            feed.Put(part is LayerInsightEvent insight ? $"{part.Word} {insight.Layer.Name}" : part.Word, _format.Line(when, new PageEvent(part)));
        }
    }

    private void Stages(IReadOnlyList<StageLoad> loads)
    {
        // A run that has just begun has none.
        if (loads.Count == 0)
        {
            return;
        }

        string limit = loads.MaxBy(load => load.Busy).Stage;
        Put(
            new JsonObject
            {
                ["event"] = "stages",
                ["limit"] = limit,
                ["stages"] = new JsonArray([.. loads.Select(load => (JsonNode)Stage(load))]),
            },
            replaces: true);
    }

    private static JsonObject Stage(StageLoad load) => new()
    {
        ["name"] = load.Stage,
        ["busy"] = Math.Round(load.Busy, 4),
        ["blocked"] = Math.Round(load.Blocked, 4),
        ["starved"] = Math.Round(Math.Max(0, load.Starved), 4),
        ["items"] = load.Items,
        ["queue"] = load.QueueDepth,
        ["capacity"] = load.QueueCapacity,
    };

    private void Filters(int epoch)
    {
        if (_filters is { } filters && _taken is { } taken)
        {
            Put(new JsonObject
            {
                ["event"] = "filters",
                ["epoch"] = epoch,
                ["layer"] = filters.Layer,
                ["legend"] = filters.Legend,
                ["count"] = filters.Count,
                ["size"] = filters.Size,
                ["images"] = new JsonArray([.. filters.Draw(taken).Select(picture => (JsonNode)HtmlPage.Address(picture))]),
            });
        }
    }

    private void TestImages(TestImagesRead read)
    {
        ImageDataset test = _test!;
        ConfusionMatrix confusion = new(test.Classes);
        for (int i = 0; i < test.Count; i++)
        {
            confusion.Add(test.Label(i), read.Outcomes.Predicted[i]);
        }

        int[] wrong = [.. Enumerable.Range(0, test.Count).Where(i => read.Outcomes.Predicted[i] != test.Label(i)).OrderByDescending(i => read.Outcomes.Losses[i]).Take(MostMisread)];
        Put(
            new JsonObject
            {
                ["event"] = "test",
                ["epoch"] = read.Epoch,
                ["wrong"] = confusion.Samples - confusion.Correct,
                ["confusion"] = test.Classes > MostClasses ? null : new JsonArray([.. Enumerable.Range(0, test.Classes).Select(label =>
                    (JsonNode)new JsonArray([.. Enumerable.Range(0, test.Classes).Select(predicted => (JsonNode)confusion[label, predicted])]))]),
                ["pairs"] = new JsonArray([.. Pairs(test, read.Outcomes).Select(pair => (JsonNode)new JsonArray(pair.Label, pair.Predicted, pair.Count))]),
                ["misread"] = new JsonArray([.. wrong.Select(i => (JsonNode)new JsonObject
                {
                    ["index"] = i,
                    ["label"] = (int)test.Label(i),
                    ["predicted"] = read.Outcomes.Predicted[i],
                    ["image"] = HtmlPage.Address(Planes.ToPicture(test.Image(i).ToArray(), test.Shape)),
                })]),
            },
            replaces: true);
    }

    /// <summary>Which class was taken for which, most often first.</summary>
    private static IEnumerable<(int Label, int Predicted, int Count)> Pairs(ImageDataset test, ImageOutcomes outcomes) => Enumerable.Range(0, test.Count)
        .Where(i => outcomes.Predicted[i] != test.Label(i))
        .CountBy(i => (Label: (int)test.Label(i), Predicted: outcomes.Predicted[i]))
        .OrderByDescending(pair => pair.Value)
        .Take(MostPairs)
        .Select(pair => (pair.Key.Label, pair.Key.Predicted, pair.Value));

    private void Put(JsonObject json, bool replaces = false) => feed.Put((string)json["event"]!, json.ToJsonString(), replaces);
}
