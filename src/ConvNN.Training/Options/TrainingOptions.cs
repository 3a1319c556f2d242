using ConvNN.Data.Augmentations;
using ConvNN.Model.Losses;
using ConvNN.Model.Options;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Schedules;

namespace ConvNN.Training.Options;

/// <summary>What is learnt from the data: section <c>Training</c> of the configuration. Each value changes the weights that come out.</summary>
public sealed record TrainingOptions : CheckedOptions
{
    /// <summary>The largest batch.</summary>
    public const int MaxBatchSize = 65_536;

    private static readonly ValueKind<double?> Limit = ValueKinds.OrNull(ValueKinds.Number(NumberRange.Above(0).AsFloat));

    /// <summary>The declarations of the options, in the order of the help; <see cref="Augmentation"/>, which is a key of section <c>Data</c>, is the last.</summary>
    public static IReadOnlyList<Option> Options { get; } =
    [
        Of("Epochs", ValueKinds.Integer(1, 1_000_000), o => o.Epochs, (o, v) => o with { Epochs = v }, "number of passes over the training images"),
        Of("BatchSize", ValueKinds.Integer(1, MaxBatchSize), o => o.BatchSize, (o, v) => o with { BatchSize = v }, "images per batch"),
        Of(
            "LearningRate",
            ValueKinds.Number(NumberRange.Above(0).AtMost(1e6).AsFloat),
            o => o.LearningRate,
            (o, v) => o with { LearningRate = v },
            "how far a step moves the weights: the factor of its gradient, which a schedule may change"),
        Option.Section(
            OptimizerRegistry.Types,
            (TrainingOptions o) => o.Optimizer,
            (o, v) => o with { Optimizer = v },
            "how gradients change the weights: a type with its options, or just its name"),
        Option.Section(
            ScheduleRegistry.Types,
            (TrainingOptions o) => o.Schedule,
            (o, v) => o with { Schedule = v },
            "how the learning rate changes from step to step: a type with its options, or just its name"),
        Of("ClipNorm", Limit, o => o.ClipNorm, (o, v) => o with { ClipNorm = v }, "maximum norm of a step's gradient; a larger gradient is scaled down") with
        {
            Advice = "Leave it out for no limit.",
        },
        Of("ClipValue", Limit, o => o.ClipValue, (o, v) => o with { ClipValue = v }, "maximum absolute value of the elements of a step's gradient") with
        {
            Advice = "Leave it out for no limit.",
        },
        Of(
            "AverageDecay",
            ValueKinds.OrNull(ValueKinds.Number(NumberRange.Above(0).Below(1))),
            o => o.AverageDecay,
            (o, v) => o with { AverageDecay = v },
            "decay of an exponential moving average of the weights, which is evaluated and saved in their place") with
        { Advice = "A common value is 0.999. Leave it out for no average." },
        Of(
            "Accumulate",
            ValueKinds.Integer(1, MaxBatchSize),
            o => o.Accumulate,
            (o, v) => o with { Accumulate = v },
            "batches whose gradients are averaged for one optimizer step"),
        Of(
            "Patience",
            ValueKinds.OrNull(ValueKinds.Count),
            o => o.Patience,
            (o, v) => o with { Patience = v },
            "epochs without improvement on the validation set after which the run ends") with
        { Advice = "Leave it out to train all epochs." },
        Of(
            "ClassWeights",
            ValueKinds.OptionalText(Losses.ClassWeights.Rule, Losses.ClassWeights.IsAllowed),
            o => o.ClassWeights,
            (o, v) => o with { ClassWeights = v },
            "weight of each class in the training loss: balanced, or one number per class, separated by commas"),
        Option.Section(
            LossRegistry.Types, (TrainingOptions o) => o.Loss, (o, v) => o with { Loss = v }, "what training minimises: a type with its options, or just its name"),
        Of("Seed", ValueKinds.Seed, o => o.Seed, (o, v) => o with { Seed = v }, "seed of all random numbers"),
        Option.Section(
            AugmentationRegistry.Types,
            (TrainingOptions o) => o.Augmentation,
            (o, v) => o with { Augmentation = v },
            "how training images are changed at random: a type with its options, or just its name"),
    ];

    /// <summary>Times that every training image is seen.</summary>
    public int Epochs { get; init => field = Checked(value); } = 10;

    /// <summary>Images of a step.</summary>
    public int BatchSize { get; init => field = Checked(value); } = 10;

    /// <summary>η of the optimizer.</summary>
    public double LearningRate { get; init => field = Checked(value); } = 0.1;

    /// <summary>How gradients change the weights; a name stands for an optimizer with its defaults.</summary>
    public OptimizerOptions Optimizer { get; init; } = new SgdOptions();

    /// <summary>How <see cref="LearningRate"/> changes from step to step; a name stands for a schedule with its defaults.</summary>
    public ScheduleOptions Schedule { get; init; } = new ConstantSchedule();

    /// <summary>The largest norm of a step's mean gradient: a longer one is scaled down to it. Null for no limit.</summary>
    public double? ClipNorm { get; init => field = Checked(value); }

    /// <summary>The largest absolute value in a step's mean gradient: what is beyond is set to it. Null for no limit.</summary>
    public double? ClipValue { get; init => field = Checked(value); }

    /// <summary>
    /// The decay of a moving average of the weights, in (0, 1), which is evaluated and saved in their place
    /// (<see cref="WeightAverage"/>). Null for none.
    /// </summary>
    public double? AverageDecay { get; init => field = Checked(value); }

    /// <summary>How training images are changed at random, key <c>Data:Augmentation</c>; a name stands for its defaults.</summary>
    public AugmentationOptions Augmentation { get; init; } = new NoAugmentation();

    /// <summary>Batches whose mean gradients make one step of the optimizer (<see cref="GradientAccumulation"/>).</summary>
    public int Accumulate { get; init => field = Checked(value); } = 1;

    /// <summary>Epochs without a better one, by validation, after which the run ends; null to train all epochs.</summary>
    public int? Patience { get; init => field = Checked(value); }

    /// <summary>How much the samples of each class count: <c>balanced</c>, or numbers joined by commas (<see cref="Losses.ClassWeights"/>). Null for all the same.</summary>
    public string? ClassWeights { get; init => field = Checked(value); }

    /// <summary>Whether a step needs the whole mean gradient before any weight changes, beyond knowing that it is finite.</summary>
    public bool NeedsWholeGradient => ClipNorm is not null;

    /// <summary>Whether gradients are stored before they change weights, rather than used up in registers.</summary>
    public bool StoresGradients => Accumulate > 1 || ClipValue is not null || NeedsWholeGradient;

    /// <summary>What training makes small; a name stands for a loss with its defaults.</summary>
    public LossOptions Loss { get; init; } = new CrossEntropyOptions();

    /// <summary>How ranks train by themselves between exchanges of weights, keys <c>Cluster:LocalSteps</c> and so on.</summary>
    public LocalStepOptions Local { get; init; } = new();

    /// <summary>Whether ranks share each step, so that the weights do not depend on their number.</summary>
    public bool SharesSteps => Local.LocalSteps is null;

    /// <summary>The seed of all random numbers of a run.</summary>
    public ulong Seed { get; init; } = 1;

    /// <inheritdoc/>
    protected override string Section => "Training";

    /// <inheritdoc/>
    protected override IReadOnlyList<Option> Declared => Options;

    private static Option Of<T>(
        string name, ValueKind<T> kind, Func<TrainingOptions, T> get, Func<TrainingOptions, T, TrainingOptions> set, string description) =>
        Option.Of(name, kind, get, set, description);
}
