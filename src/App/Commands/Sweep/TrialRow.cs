using System.Globalization;
using ConvNN.App.Log.Events;

namespace ConvNN.App.Commands.Sweep;

/// <summary>
/// A row of <c>sweep.csv</c>: a trial and its result. Accuracies are fractions. A missing value is null, and an empty field in
/// the file.
/// </summary>
internal sealed record TrialRow
{
    /// <summary>The status of a successful trial.</summary>
    public const string Done = "done";

    /// <summary>The status of a trial whose loss or gradients became infinite or NaN; it is not tried again.</summary>
    public const string Diverged = "diverged";

    /// <summary>The status of a trial whose varied values do not give a valid network for its data.</summary>
    public const string Invalid = "invalid";

    /// <summary>The status of a trial that ended for another reason; it is tried again.</summary>
    public const string Failed = "failed";

    /// <summary>The status of a trial that <c>--halving</c> stopped before its last epoch; without it, the trial is trained to the end.</summary>
    public const string Stopped = "stopped";

    /// <summary>The status of a trial that waits for a decision of <c>--halving</c>; such a row is never written.</summary>
    public const string Paused = "paused";

    private const string RungsColumn = "rungs";

    private static readonly (string Name, Func<TrialRow, object?> Get, Func<TrialRow, string, TrialRow> Set)[] Known =
    [
        ("configuration", row => row.Configuration, (row, text) => row with { Configuration = text }),
        ("seed", row => row.Seed, (row, text) => row with { Seed = ulong.Parse(text) }),
        ("dataset", row => row.Dataset, (row, text) => row with { Dataset = text }),
        ("parameters", row => row.Parameters, (row, text) => row with { Parameters = long.Parse(text) }),
        ("epochs", row => row.Epochs, (row, text) => row with { Epochs = int.Parse(text) }),
        ("best_epoch", row => row.BestEpoch, (row, text) => row with { BestEpoch = int.Parse(text) }),
        ("validation_accuracy", row => row.ValidationAccuracy, (row, text) => row with { ValidationAccuracy = Number(text) }),
        ("test_accuracy", row => row.TestAccuracy, (row, text) => row with { TestAccuracy = Number(text) }),
        ("test_loss", row => row.TestLoss, (row, text) => row with { TestLoss = Number(text) }),
        ("train_loss", row => row.TrainLoss, (row, text) => row with { TrainLoss = Number(text) }),
        ("seconds", row => row.Seconds, (row, text) => row with { Seconds = Number(text) }),
        ("images_per_second", row => row.ImagesPerSecond, (row, text) => row with { ImagesPerSecond = Number(text) }),
        ("workers", row => row.Workers, (row, text) => row with { Workers = int.Parse(text) }),
        ("alone", row => row.IsAlone, (row, text) => row with { IsAlone = bool.Parse(text) }),
        ("weights_sha256", row => row.WeightsSha256, (row, text) => row with { WeightsSha256 = text }),
        ("status", row => row.Status, (row, text) => row with { Status = text }),
        ("exit_code", row => row.ExitCode, (row, text) => row with { ExitCode = int.Parse(text) }),
        ("fault", row => row.Fault, (row, text) => row with { Fault = text }),
        ("identity", row => row.Identity, (row, text) => row with { Identity = text }),
        (
            RungsColumn,
            row => row.Rungs.Count == 0 ? null : string.Join(' ', row.Rungs.Select(rung => $"{rung.Epochs}:{rung.Accuracy}")),
            (row, text) => row with { Rungs = [.. text.Split(' ').Select(Rung)] }),
    ];

    /// <summary>The columns of every file; those of varied keys follow.</summary>
    public static IReadOnlyList<string> Columns { get; } = [.. Known.Select(column => column.Name)];

    /// <summary>The name of the configuration.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>The seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>The dataset.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>The number of trainable parameters.</summary>
    public long? Parameters { get; init; }

    /// <summary>The number of finished epochs.</summary>
    public int Epochs { get; init; }

    /// <summary>The epoch that was best by validation.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>Accuracy on the validation set after the best epoch.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Accuracy of the resulting weights on the test set.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>Mean loss on the test set, in nats.</summary>
    public double? TestLoss { get; init; }

    /// <summary>Mean training loss in the same epoch.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>Seconds of training and evaluation.</summary>
    public double? Seconds { get; init; }

    /// <summary>Images per second of training.</summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>The number of its workers.</summary>
    public int Workers { get; init; }

    /// <summary>Whether no other trial ran at the same time, so that its times are comparable.</summary>
    public bool IsAlone { get; init; }

    /// <summary>SHA-256 of the resulting weights.</summary>
    public string? WeightsSha256 { get; init; }

    /// <summary><see cref="Done"/>, <see cref="Diverged"/>, <see cref="Invalid"/>, <see cref="Failed"/>, <see cref="Stopped"/> or <see cref="Paused"/>.</summary>
    public string Status { get; init; } = Done;

    /// <summary>The exit code that a single run would have ended with.</summary>
    public int ExitCode { get; init; }

    /// <summary>The fault, in one line.</summary>
    public string? Fault { get; init; }

    /// <summary>The hash of everything that determines the weights, <see cref="Runs.RunIdentities.HashOf"/>.</summary>
    public string Identity { get; init; } = "";

    /// <summary>The best validation accuracy up to each number of epochs after which <c>--halving</c> decides.</summary>
    public IReadOnlyList<(int Epochs, double Accuracy)> Rungs { get; init; } = [];

    /// <summary>The varied keys with their values.</summary>
    public IReadOnlyDictionary<string, string> Varied { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether running it again would give the same result.</summary>
    public bool IsFinished => Status is Done or Diverged or Invalid;

    /// <summary>Whether nothing is left to train for it with <c>--halving</c>, unless there are other trials to compare with.</summary>
    public bool EndsHalving => IsFinished || Status == Stopped;

    /// <summary>Whether it has the figures of a trial, that of a stopped one up to its last epoch.</summary>
    public bool HasResult => Status is Done or Stopped;

    /// <summary>The best validation accuracy up to a number of epochs; null if it is not known.</summary>
    /// <param name="epochs">The number of epochs.</param>
    public double? AccuracyAfter(int epochs) =>
        Rungs.Where(rung => rung.Epochs == epochs).Select(rung => (double?)rung.Accuracy).FirstOrDefault();

    /// <summary>Its values by column, those of varied keys last.</summary>
    public IEnumerable<Field> Fields => Known.Select(column => new Field(column.Name, column.Get(this))).Concat(Varied.Select(pair => new Field(pair.Key, pair.Value)));

    /// <summary>Reads a row.</summary>
    /// <param name="columns">The names of its columns; each unknown one is a varied key.</param>
    /// <param name="texts">Their values.</param>
    /// <exception cref="FormatException">A value is malformed or missing.</exception>
    /// <exception cref="OverflowException">A number is too large.</exception>
    public static TrialRow Of(IReadOnlyList<string> columns, IReadOnlyList<string> texts)
    {
        // Files of earlier versions have no rungs.
        if (Columns.Except(columns).Except([RungsColumn]).FirstOrDefault() is { } missing)
        {
            throw new FormatException($"there is no column '{missing}'");
        }

        if (texts.Count != columns.Count)
        {
            throw new FormatException($"{texts.Count} values for {columns.Count} columns");
        }

        TrialRow row = new();
        Dictionary<string, string> varied = [];
        foreach ((string name, string text) in columns.Zip(texts).Where(cell => cell.Second.Length > 0))
        {
            if (Known.FirstOrDefault(column => column.Name == name).Set is { } set)
            {
                row = set(row, text);
            }
            else
            {
                varied[name] = text;
            }
        }

        return row with { Varied = varied };
    }

    /// <summary>Its values as text, in the invariant culture, with enough digits to round-trip exactly.</summary>
    /// <param name="columns">The columns.</param>
    public IEnumerable<string> Texts(IEnumerable<string> columns)
    {
        Dictionary<string, string> values = Fields.ToDictionary(field => field.Key, field => field.Text);
        return columns.Select(column => values.GetValueOrDefault(column, ""));
    }

    private static (int Epochs, double Accuracy) Rung(string text) =>
        text.Split(':') is [string epochs, string accuracy]
            ? (int.Parse(epochs), Number(accuracy))
            : throw new FormatException($"'{text}' is not a rung");

    private static double Number(string text) => double.Parse(text, NumberStyles.Float);
}
