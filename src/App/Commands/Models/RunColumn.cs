using ConvNN.App.Faults;
using ConvNN.App.Output;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Models;

/// <summary>A fact about each run: a column of the table and of CSV, a key of JSON, and a name for <c>--sort</c> and <c>--where</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Of">Its value for a run, a text, a number or a time; null if it is unknown.</param>
/// <param name="Goes">How soon the table drops it for lack of room; 0 for never.</param>
internal sealed record RunColumn(string Name, Func<RunFacts, object?> Of, int Goes)
{
    private const int ShortHash = 12;

    /// <summary>All columns.</summary>
    public static IReadOnlyList<RunColumn> All { get; } =
    [
        new("run", run => run.Folder, Goes: 0) { IsWord = true },
        new("name", run => run.Configuration?.Name, Goes: 11) { IsWord = true },
        new("started_utc", run => run.Record?.StartedUtc, Goes: 12) { IsWord = true, Title = "started (UTC)", Shown = value => $"{value:yyyy-MM-dd HH:mm}" },
        new("outcome", run => run.Record?.Result.Outcome, Goes: 6) { IsWord = true },
        new("epochs", run => run.Record?.Result.Epochs, Goes: 5),
        new("dataset", run => run.Record?.Dataset.Name, Goes: 7) { IsWord = true },
        new("validation_accuracy", run => run.Best?["validation_accuracy"], Goes: 0) { Title = "validation", Shown = value => Figures.Percent((double)value), IsLeftOut = runs => runs.All(run => run.Best?["validation_accuracy"] is null) },
        new("accuracy", run => run.HidesTest ? null : run.Record?.Result.TestAccuracy, Goes: 0) { Shown = value => Figures.Percent((double)value), IsLeftOut = HideTest },
        new("loss", run => run.HidesTest ? null : run.Best?["test_loss"], Goes: 4) { Shown = value => $"{value:0.0000}", IsLeftOut = HideTest },
        new("optimizer", run => run.Configuration?.Training.Optimizer.Definition.Name, Goes: 1) { IsWord = true },
        new("rate", run => run.Configuration?.Training.LearningRate, Goes: 2),
        new("batch", run => run.Configuration?.Training.BatchSize, Goes: 3),
        new("seed", run => run.Record?.Seed, Goes: 9),
        new("augmentation", run => run.Configuration?.Training.Augmentation.Definition.Name, Goes: 10) { IsWord = true },
        new("parameters", run => run.Record?.Parameters, Goes: 8) { Shown = value => $"{value:N0}" },
        new("seconds", run => run.History.Count == 0 ? null : run.History.Sum(row => row["seconds"] ?? 0), Goes: 8) { Shown = value => $"{value:0.0}" },
        new("weights_sha256", run => run.Record?.Result.WeightsSha256, Goes: 13) { IsWord = true, Title = "weights", Shown = value => $"{value}"[..ShortHash] },
    ];

    /// <summary>Its title in the table.</summary>
    public string Title { get => field ?? Name; init; }

    /// <summary>Whether the table leaves it out for these runs.</summary>
    public Func<IReadOnlyList<RunFacts>, bool> IsLeftOut { get; init; } = _ => false;

    /// <summary>Whether its values are words or times, and not numbers.</summary>
    public bool IsWord { get; init; }

    /// <summary>How the table shows a value.</summary>
    public Func<object, string> Shown { get; init; } = value => $"{value}";

    /// <summary>The column of a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="option">Where it was given, for the message.</param>
    /// <exception cref="UsageException">There is none.</exception>
    public static RunColumn Find(string name, string option) => All.FirstOrDefault(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"{option} '{name}' is not a column; {NearestName.Hint(name, All.Select(column => column.Name))}");

    /// <summary>Its number for a run; null if it has none.</summary>
    public double? Number(RunFacts run) => Of(run) is { } value ? Convert.ToDouble(value) : null;

    /// <summary>Its value as other programs read it; empty if it is unknown. Numbers round-trip, and times sort as text.</summary>
    public string Text(RunFacts run) => Of(run) switch
    {
        null => "",
        DateTime time => $"{time:yyyy-MM-ddTHH:mm:ssZ}",
        var value => $"{value}",
    };

    private static bool HideTest(IReadOnlyList<RunFacts> runs) => runs.All(run => run.HidesTest);

    /// <summary>Its value in the table.</summary>
    public string Cell(RunFacts run) => Of(run) is { } value ? Shown(value) : "–";
}
