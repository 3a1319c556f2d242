using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Log.Drawing;

/// <summary>The table of epochs: as many columns as fit, the most telling ones last to go.</summary>
internal sealed class EpochTable
{
    private const string TrainLoss = "train loss";
    private const string TrainAccuracy = "train accuracy";
    private const string TestLoss = "test loss";
    private const string Validation = "validation accuracy";
    private const string Elapsed = "time";
    private const string Speed = "images/s";
    private const string Limit = "limit";
    private const string Weights = "weights";
    private const string Sample = "dataset";
    private const string SampleMark = "SAMPLE";

    // What goes, from much room to little. The mark of the sample and the accuracy never do.
    private static readonly (bool IsNarrow, string[] Without)[] Layouts =
    [
        (false, []),
        (true, []),
        (true, [Weights]),
        (true, [Weights, Elapsed]),
        (true, [Weights, Elapsed, TrainLoss]),
        (true, [Weights, Elapsed, TrainLoss, Limit]),
        (true, [Weights, Elapsed, TrainLoss, Limit, TestLoss]),
        (true, [Weights, Elapsed, TrainLoss, Limit, TestLoss, Speed]),
        (true, [Weights, Elapsed, TrainLoss, Limit, TestLoss, Speed, TrainAccuracy]),
    ];

    private readonly EpochColumn[] _columns;
    private readonly bool _isNarrow;

    /// <summary>Chooses the columns.</summary>
    /// <param name="epochs">Epochs that the run has.</param>
    /// <param name="hasDropout">Whether the training accuracy carries a mark.</param>
    /// <param name="isSample">Whether each line has to say that this is the sample.</param>
    /// <param name="columns">The width of the terminal.</param>
    /// <param name="hasValidation">Whether there is a validation part.</param>
    public EpochTable(int epochs, bool hasDropout, bool isSample, int columns, bool hasValidation = false)
    {
        EpochColumn[] all = [.. All(epochs, hasDropout ? "*" : "").Where(column => (isSample || column.Key != Sample) && (hasValidation || column.Key != Validation))];
        (_isNarrow, string[] without) = Layouts.FirstOrDefault(layout => Width(Rest(layout.Without), layout.IsNarrow) <= columns, Layouts[^1]);
        _columns = Rest(without);

        EpochColumn[] Rest(string[] without) => [.. all.Where(column => !without.Contains(column.Key))];
    }

    /// <summary>The line of titles.</summary>
    public string Titles => Join(_columns.Select(column => column.Cell(_isNarrow ? column.Narrow : column.Title, _isNarrow)));

    /// <summary>The line of an epoch.</summary>
    public string Line(EpochEvent epoch) => Join(_columns.Select(column => column.Cell(Untied(column.Text(epoch, _isNarrow)), _isNarrow)));

    /// <summary>An epoch's number as its lines begin: <c> 1/10</c>.</summary>
    public static string Number(int epoch, int epochs) => Text($"{epoch}/{epochs}").PadLeft(NumberWidth(epochs));

    private static EpochColumn[] All(int epochs, string mark) =>
    [
        new("epoch", "epoch", "epoch", NumberWidth(epochs), NumberWidth(epochs), (epoch, _) => Number(epoch.Result.Epoch, epoch.Epochs)),
        new(TrainLoss, TrainLoss, "train", 10, 6, (epoch, _) => Text($"{epoch.Result.Training.Loss:0.0000}")),
        new(TrainAccuracy, $"acc{mark}", $"acc{mark}%", 8, 6, (epoch, isNarrow) => Accuracy(epoch.Result.Training.Accuracy, isNarrow)),
        new(Validation, "val acc", "val%", 8, 6, (epoch, isNarrow) => epoch.Result.Validation is { } validation ? Accuracy(validation.Accuracy, isNarrow) : ""),
        new(TestLoss, TestLoss, "test", 9, 6, (epoch, _) => Text($"{epoch.Result.Test.Loss:0.0000}")),
        new("test accuracy", "acc", "acc%", 8, 6, (epoch, isNarrow) => Accuracy(epoch.Result.Test.Accuracy, isNarrow)),
        new(Elapsed, Elapsed, Elapsed, 6, 6, (epoch, _) => Time(epoch.Result.Training.Elapsed)),
        new(Speed, Speed, Speed, 9, 8, (epoch, _) => Text($"{epoch.Result.Training.ImagesPerSecond:N0}")),
        new(Limit, Limit, Limit, 13, 12, (epoch, isNarrow) => Busy(epoch, isNarrow)) { IsWord = true },
        new(Weights, Weights, Weights, 12, 8, (epoch, isNarrow) => epoch.Result.WeightsSha256[..(isNarrow ? 8 : 12)]) { IsWord = true },
        new(Sample, Sample, Sample, 7, 7, (_, _) => SampleMark) { IsWord = true },
    ];

    private static int NumberWidth(int epochs) => Math.Max(5, Text($"{epochs}/{epochs}").Length);

    private static string Accuracy(double fraction, bool isNarrow) => isNarrow ? Text($"{100 * fraction:0.00}") : Percent(fraction);

    private static string Busy(EpochEvent epoch, bool isNarrow)
    {
        string share = Share(epoch.Result.Training.Limit.Busy);
        return $"{epoch.Result.Training.Limit.Stage} {(isNarrow ? share.Replace($"{Fold.Tie}", "", StringComparison.Ordinal) : share)}";
    }

    private static int Width(EpochColumn[] columns, bool isNarrow) =>
        columns.Sum(column => isNarrow ? column.NarrowWidth : column.Width) + (2 * (columns.Length - 1));

    private static string Join(IEnumerable<string> cells) => string.Join("  ", cells).TrimEnd();
}
