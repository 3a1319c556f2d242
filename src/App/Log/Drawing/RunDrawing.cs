using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Data;
using ConvNN.Data.Augmentations;
using ConvNN.Model.Losses;
using ConvNN.Training.Options;
using ConvNN.Training.Schedules;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Log.Drawing;

/// <summary>Formats events for people, in lines that fit the terminal.</summary>
internal sealed class RunDrawing
{
    private const string Footnote = "* running mean with dropout on, so it may be below test accuracy";

    private bool _hasDropout;
    private bool _isSample;
    private bool _hasValidation;
    private bool _isTableOpen;
    private string? _titles;

    /// <summary>The lines of an event; none for one that only the status line shows.</summary>
    /// <param name="what">The event.</param>
    /// <param name="columns">The maximum width of a line.</param>
    public IEnumerable<string> Lines(RunEvent what, int columns) => what switch
    {
        StartEvent start => Fold.Lines(
            "convnn",
            $"{start.Version} · {Tied(start.Runtime)} · {Tied($"{start.Architecture} {start.Kernels}")} · {Tied(Machine.CoresOf(start.PhysicalCores, start.Cores))} · {start.Configuration}",
            columns),
        DataEvent data => Data(data, columns),
        NetworkEvent network => Model(network, columns),
        TrainEvent train => Fold.Lines("train", Train(train), columns),
        FetchEvent fetch => fetch.Progress.IsComplete ? Fold.Lines("fetch", FetchText.Sum(fetch), columns) : [],
        StepEvent step => Titles(step.Epochs, columns),
        EpochEvent epoch => [.. Titles(epoch.Epochs, columns), Table(epoch.Epochs, columns).Line(epoch)],
        LayersEvent layers => LayersTable.Lines(layers, columns),
        DoneEvent done => [.. Close(columns), .. Fold.Lines("done", Done(done), columns)],
        VerifyEvent verify => VerifyTable.Titles(verify, columns),
        SweepStatusEvent => [],
        VerifyRunEvent run => [VerifyTable.Line(run, columns)],
        TextEvent { Word: "stopped" } text => [.. Close(columns), .. Fold.Lines(text.Word, $"{text.Text}", columns)],
        TextEvent text => Fold.Lines(text.Word == "warning" ? "WARNING" : text.Word, $"{text.Text}", columns),
        _ when what.Drawn(columns) is { } lines => lines,
        _ => Fold.Lines(what.Word, string.Join(' ', what.Fields.Select(field => $"{field.Key} {field.Value}")), columns),
    };

    private static string DataText(DataEvent what)
    {
        DatasetOutline data = what.Data;
        int used = data.TrainCount + data.ValidationCount;
        string limit = used < what.Available ? $"first {used:N0} of " : "";
        string validation = data.ValidationCount > 0 ? $" ({data.ValidationCount:N0} of them for validation)" : "";
        string hashes = what.IsAsPublished switch { true => "SHA-256 as published; ", false => "SHA-256 not among the known ones; ", null => "" };
        string normalized = what.Normalization.IsUnit ? "" : $", normalized by {Tied($"mean {what.Means}")} and {Tied($"deviation {what.Deviations}")}";
        string decoded = data.IsInMemory ? "" : ", decoded ahead of each step";
        string source = what.Download is { } download
            ? $"not here: up to {download.Bytes / 1e6:0.0} MB would be downloaded from {download.Mirror} into {what.Source}"
            : $"from {what.Source}";
        return $"{(what.IsSample ? Tied(DataEvent.SampleLabel) : data.Name)}: {limit}{what.Available:N0} train{validation}, {data.TestCount:N0} test, "
            + $"{data.Shape.Channels}×{data.Shape.Height}×{data.Shape.Width}, {data.Classes} classes{normalized}{decoded}; {hashes}{source}";
    }

    private static string Train(TrainEvent train) =>
        $"{string.Join(", ", Recipe(train.Training).Select(Tied))} · {Workers(train)}{Ranks(train)} · ^C{Fold.Tie}stops after the {(train.Training.SharesSteps ? "step" : "exchange")} and keeps the weights";

    private static string Ranks(TrainEvent train) => train.Training.SharesSteps
        ? ""
        : $" · the weights depend on the number of ranks, {train.Ranks}: each trains by itself between exchanges";

    /// <summary>All that decides the weights, beside the network and the data. What is not used is left out.</summary>
    /// <param name="training">How a run trains.</param>
    public static IEnumerable<string> Recipe(TrainingOptions training) =>
    [
        $"{training.Optimizer}",
        $"rate {training.LearningRate}",
        .. training.Schedule is ConstantSchedule { Warmup: 0 } ? [] : (string[])[$"{training.Schedule}"],
        .. training.Loss is CrossEntropyOptions { LabelSmoothing: 0 } ? [] : (string[])[$"{training.Loss}"],
        .. training.ClassWeights is { } weights ? [$"class weights {weights}"] : (string[])[],
        .. training.Augmentation is NoAugmentation ? [] : (string[])[$"augmentation {training.Augmentation}"],
        .. training.ClipNorm is { } norm ? [$"gradients clipped to norm {norm}"] : (string[])[],
        .. training.ClipValue is { } value ? [$"gradients clipped to {value}"] : (string[])[],
        .. training.AverageDecay is { } decay ? [$"moving average {decay}"] : (string[])[],
        .. training.Accumulate > 1 ? [$"a step for {training.Accumulate} batches"] : (string[])[],
        .. training.Patience is { } patience ? [$"patience {patience}"] : (string[])[],
        .. training.Local.LocalSteps is { } steps ? [$"{Plural(steps, "local step")}, outer rate {training.Local.OuterRate}, momentum {training.Local.OuterMomentum}"] : (string[])[],
        $"batch {training.BatchSize}",
        Plural(training.Epochs, "epoch"),
        $"seed {training.Seed}",
    ];

    private static string Workers(TrainEvent train) =>
        (train.Workers == 1 ? $"1{Fold.Tie}worker" : $"{train.Threads}{Fold.Tie}of{Fold.Tie}{train.Workers}{Fold.Tie}workers")
        + (train.Exchange == ExchangeKind.OwnFeatures ? $", own{Fold.Tie}features" : $", full{Fold.Tie}gradients ({train.ExchangeReason})");

    private static string Done(DoneEvent done)
    {
        string dataset = done.IsSample ? $"{Tied(DataEvent.SampleLabel)}:" : done.Dataset;
        string best = done.BestEpoch is { } epoch ? $" of epoch {epoch}, the best by validation" : "";
        return $"{dataset} test {Percent(done.Test.Accuracy)} ({done.Wrong:N0} of {done.Test.Samples:N0} wrong; 95{Fold.Tie}% interval "
            + $"{100 * done.Interval.Low:0.00}–{100 * done.Interval.High:0.00}){best} in {Time(done.Elapsed)}, {done.ImagesPerSecond:N0}{Fold.Tie}images/s";
    }

    private static string Tied(string text) => text.Replace(' ', Fold.Tie);

    private IEnumerable<string> Data(DataEvent data, int columns)
    {
        _isSample = data.IsSample;
        _hasValidation = data.Data.ValidationCount > 0;
        string[] sample = data.IsSampleWanted ? ["This is a small sample of digits, to try things out. For MNIST: --data mnist"] : [];
        return [.. Fold.Lines("data", DataText(data), columns), .. sample.SelectMany(line => Fold.Lines("", line, columns))];
    }

    private IEnumerable<string> Model(NetworkEvent network, int columns)
    {
        _hasDropout = network.HasDropout;
        return NetworkTable.Lines(network.Name, network.Network, columns);
    }

    private EpochTable Table(int epochs, int columns) => new(epochs, _hasDropout, _isSample, columns, _hasValidation);

    /// <summary>The titles of the epoch table, at its beginning and whenever a resized terminal shows other columns.</summary>
    private IEnumerable<string> Titles(int epochs, int columns)
    {
        string titles = Table(epochs, columns).Titles;
        if (titles == _titles)
        {
            return [];
        }

        _titles = titles;
        _isTableOpen = true;
        return [titles];
    }

    private IEnumerable<string> Close(int columns)
    {
        bool isNoted = _isTableOpen && _hasDropout;
        _isTableOpen = false;
        return isNoted ? Fold.Lines("", Footnote, columns) : [];
    }
}
