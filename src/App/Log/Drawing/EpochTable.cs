using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Training.Progress;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Log.Drawing;

/// <summary>The table of epochs, written line by line. It has as many columns as fit; the most informative ones are dropped last.</summary>
internal sealed class EpochTable
{
    private const string SampleMark = "SAMPLE";

    private readonly (TextColumn Column, Func<EpochEvent, string> Text)[] _columns;

    /// <summary>Chooses the columns.</summary>
    /// <param name="epochs">The number of epochs of the run.</param>
    /// <param name="hasDropout">Whether the training accuracy carries a mark.</param>
    /// <param name="isSample">Whether each line has to say that the run uses the embedded sample.</param>
    /// <param name="columns">The width of the terminal.</param>
    /// <param name="hasValidation">Whether there is a validation set.</param>
    public EpochTable(int epochs, bool hasDropout, bool isSample, int columns, bool hasValidation = false)
    {
        _columns = All(isNarrow: false);
        if (Table().Width > columns)
        {
            _columns = All(isNarrow: true);
            _columns = [.. Table().Shown(columns).Select(column => _columns[column])];
        }

        (TextColumn, Func<EpochEvent, string>)[] All(bool isNarrow) =>
            [.. Columns(epochs, hasDropout ? "*" : "", isNarrow).Where(column => (isSample || column.Column.Title != "dataset") && (hasValidation || !column.Column.Title.StartsWith("val", StringComparison.Ordinal)))];
    }

    /// <summary>The line of titles.</summary>
    public string Titles => Table().Lines().Single();

    /// <summary>The line of an epoch.</summary>
    public string Line(EpochEvent epoch) => Table(hasTitles: false).Add(_columns.Select(column => column.Text(epoch))).Lines().Single();

    /// <summary>The epoch number with which a line begins: <c> 1/10</c>.</summary>
    public static string Number(int epoch, int epochs) => $"{epoch}/{epochs}".PadLeft(NumberWidth(epochs));

    // On a narrow terminal, the epoch, the sample mark and the validation and test accuracies remain.
    private static (TextColumn Column, Func<EpochEvent, string> Text)[] Columns(int epochs, string mark, bool isNarrow) =>
    [
        (new("epoch") { Width = NumberWidth(epochs) }, epoch => Number(epoch.Result.Epoch, epoch.Epochs)),
        (new(isNarrow ? "train" : "train loss") { Width = isNarrow ? 6 : 10, Goes = 5 }, epoch => $"{epoch.Result.Training.Loss:0.0000}"),
        (new(isNarrow ? $"acc{mark}%" : $"acc{mark}") { Width = isNarrow ? 6 : 8, Goes = 1 }, epoch => Accuracy(epoch.Result.Training, isNarrow)),
        (new(isNarrow ? "val%" : "val acc") { Width = isNarrow ? 6 : 8 }, epoch => Accuracy(epoch.Result.Validation, isNarrow)),
        (new(isNarrow ? "test" : "test loss") { Width = isNarrow ? 6 : 9, Goes = 3 }, epoch => $"{epoch.Result.Test.Loss:0.0000}"),
        (new(isNarrow ? "acc%" : "acc") { Width = isNarrow ? 6 : 8 }, epoch => Accuracy(epoch.Result.Test, isNarrow)),
        (new("time") { Width = 6, Goes = 6 }, epoch => Time(epoch.Result.Training.Elapsed)),
        (new("images/s") { Width = isNarrow ? 8 : 9, Goes = 2 }, epoch => $"{epoch.Result.Training.ImagesPerSecond:N0}"),
        (new("limit") { IsWord = true, Width = isNarrow ? 12 : 13, Goes = 4 }, epoch => Busy(epoch.Result.Training, isNarrow)),
        (new("weights") { IsWord = true, Width = isNarrow ? 8 : 12, Goes = 7 }, epoch => epoch.Result.WeightsSha256[..(isNarrow ? 8 : 12)]),
        (new("dataset") { IsWord = true }, _ => SampleMark),
    ];

    private static int NumberWidth(int epochs) => Math.Max(5, $"{epochs}/{epochs}".Length);

    private static string Accuracy(PassResult? pass, bool isNarrow) => pass is null ? "" : isNarrow ? $"{100 * pass.Accuracy:0.00}" : Percent(pass.Accuracy);

    private static string Busy(PassResult pass, bool isNarrow)
    {
        string share = Share(pass.Limit.Busy);
        return $"{pass.Limit.Stage} {(isNarrow ? share.Replace($"{Fold.Tie}", "", StringComparison.Ordinal) : share)}";
    }

    private TextTable Table(bool hasTitles = true) => new(_columns.Select(column => column.Column)) { HasTitles = hasTitles };
}
