using ConvNN.Data.Augmentations;
using ConvNN.Data.Catalog;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Losses;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Schedules;

namespace ConvNN.App.Configuration;

/// <summary>The keys of the configuration, layers apart. A new key or option is one entry here.</summary>
internal static class Settings
{
    /// <summary>The words for what kernels compute with; <c>auto</c> is the widest that the machine has.</summary>
    public static readonly IReadOnlyDictionary<string, KernelTier?> Kernels = new Dictionary<string, KernelTier?>(StringComparer.OrdinalIgnoreCase)
    {
        ["auto"] = null,
        ["reference"] = KernelTier.Reference,
        ["vector128"] = KernelTier.Vector128,
        ["vector256"] = KernelTier.Vector256,
        ["vector512"] = KernelTier.Vector512,
    };

    /// <summary>The words for what stdout shows.</summary>
    public static readonly IReadOnlyDictionary<string, LogFormat> LogFormats = new Dictionary<string, LogFormat>(StringComparer.OrdinalIgnoreCase)
    {
        ["text"] = LogFormat.Text,
        ["json"] = LogFormat.Json,
    };

    /// <summary>The words for when checkpoints are taken.</summary>
    public static readonly IReadOnlyDictionary<string, CheckpointStrategy> CheckpointStrategies = new Dictionary<string, CheckpointStrategy>(StringComparer.OrdinalIgnoreCase)
    {
        ["never"] = CheckpointStrategy.Never,
        ["epochs"] = CheckpointStrategy.Epochs,
        ["parts"] = CheckpointStrategy.Parts,
        ["steps"] = CheckpointStrategy.Steps,
        ["seconds"] = CheckpointStrategy.Seconds,
        ["best-training"] = CheckpointStrategy.BestTraining,
        ["best-validation"] = CheckpointStrategy.BestValidation,
    };

    /// <summary>The words for what checkpoints hold.</summary>
    public static readonly IReadOnlyDictionary<string, bool> CheckpointContents = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase)
    {
        ["state"] = true,
        ["metadata"] = false,
    };

    /// <summary>All of them, in the order of the help and of a written configuration.</summary>
    public static readonly IReadOnlyList<Setting> All =
    [
        Setting.Of(
            "Name",
            ValueKinds.FileName,
            run => run.Name,
            (run, name) => run with { Name = name },
            "what the run is called, in its folder's name and in the log"),
        Setting.Of(
            "Data:Dataset",
            ValueKinds.Word(DatasetCatalog.Names),
            run => run.Data.Dataset,
            (run, name) => run with { Data = run.Data with { Dataset = name } },
            "what to train on; auto is MNIST, or the embedded sample where MNIST cannot be had") with
        {
            Options = ["--data"],
            ValueName = string.Join('|', DatasetCatalog.Names),
        },
        Setting.Of(
            "Data:Directory",
            ValueKinds.Path,
            run => run.Data.Directory,
            (run, path) => run with { Data = run.Data with { Directory = path } },
            "folder with the four IDX files of a dataset, or with PNG files, a folder for each class, or with a folder for each dataset, called by its name; without it, the cache, then a download") with
        {
            Options = ["--data-dir"],
            ValueName = "DIR",
        },
        Setting.Of(
            "Data:ImageSize",
            ValueKinds.OrNull(ValueKinds.Count),
            run => run.Data.ImageSize,
            (run, n) => run with { Data = run.Data with { ImageSize = n } },
            "height and width that the pictures of a folder of PNG files are resized to"),
        Setting.Of(
            "Data:Download",
            ValueKinds.Boolean,
            run => run.Data.Download,
            (run, isAllowed) => run with { Data = run.Data with { Download = isAllowed } },
            "whether a dataset that is not in the cache may be downloaded") with
        {
            Options = ["--download"],
            ValueName = "true|false",
        },
        Setting.Of(
            "Data:Mirror",
            ValueKinds.Mirror,
            run => run.Data.Mirror,
            (run, address) => run with { Data = run.Data with { Mirror = address } },
            "https folder to download from instead of the public mirrors; it has a folder for each dataset"),
        Setting.Of(
            "Data:MaxBytes",
            ValueKinds.Bytes,
            run => run.Data.MaxBytes,
            (run, n) => run with { Data = run.Data with { MaxBytes = n } },
            "most bytes that the header of a dataset's file may promise"),
        Setting.Of(
            "Data:Limit",
            ValueKinds.OrNull(ValueKinds.Count),
            run => run.Data.Limit,
            (run, n) => run with { Data = run.Data with { Limit = n } },
            "train on the first N images only") with
        {
            Options = ["--limit"],
        },
        Setting.Of(
            "Data:Validation",
            ValueKinds.OrNull(ValueKinds.Number(above: 0, int.MaxValue)),
            run => run.Data.Validation,
            (run, x) => run with { Data = run.Data with { Validation = x } },
            "training images that are kept apart to choose the best epoch by: a share below 1, or a number of images"),
        Setting.Of(
            AugmentationRegistry.Types,
            run => run.Training.Augmentation,
            (run, augmentation) => run with { Training = run.Training with { Augmentation = augmentation } },
            "how training images are changed at random: a type with its options, or its name alone"),
        Setting.Of(
            "Training:Epochs",
            ValueKinds.Integer(1, TrainingOptions.MaxEpochs),
            run => run.Training.Epochs,
            (run, n) => run with { Training = run.Training with { Epochs = n } },
            "times that every training image is seen") with
        {
            Options = ["--epochs", "-e"],
        },
        Setting.Of(
            "Training:BatchSize",
            ValueKinds.Integer(1, TrainingOptions.MaxBatchSize),
            run => run.Training.BatchSize,
            (run, n) => run with { Training = run.Training with { BatchSize = n } },
            "images of a step") with
        {
            Options = ["--batch-size", "-b"],
        },
        Setting.Of(
            "Training:LearningRate",
            ValueKinds.Number(above: 0, TrainingOptions.MaxLearningRate),
            run => run.Training.LearningRate,
            (run, x) => run with { Training = run.Training with { LearningRate = x } },
            "learning rate") with
        {
            Options = ["--learning-rate", "--lr"],
            ValueName = "X",
        },
        Setting.Of(
            OptimizerRegistry.Types,
            run => run.Training.Optimizer,
            (run, optimizer) => run with { Training = run.Training with { Optimizer = optimizer } },
            "how gradients change the weights: a type with its options, or its name alone"),
        Setting.Of(
            ScheduleRegistry.Types,
            run => run.Training.Schedule,
            (run, schedule) => run with { Training = run.Training with { Schedule = schedule } },
            "how the learning rate changes from step to step: a type with its options, or its name alone"),
        Setting.Of(
            "Training:ClipNorm",
            ValueKinds.OrNull(ValueKinds.Number(above: 0, float.MaxValue)),
            run => run.Training.ClipNorm,
            (run, x) => run with { Training = run.Training with { ClipNorm = x } },
            "largest norm of a step's gradient; a longer one is scaled down"),
        Setting.Of(
            "Training:ClipValue",
            ValueKinds.OrNull(ValueKinds.Number(above: 0, float.MaxValue)),
            run => run.Training.ClipValue,
            (run, x) => run with { Training = run.Training with { ClipValue = x } },
            "largest absolute value in a step's gradient"),
        Setting.Of(
            "Training:AverageDecay",
            ValueKinds.OrNull(ValueKinds.Number(above: 0, 1)),
            run => run.Training.AverageDecay,
            (run, x) => run with { Training = run.Training with { AverageDecay = x } },
            "decay of a moving average of the weights, which is evaluated and saved in their place"),
        Setting.Of(
            "Training:Accumulate",
            ValueKinds.Integer(1, TrainingOptions.MaxBatchSize),
            run => run.Training.Accumulate,
            (run, n) => run with { Training = run.Training with { Accumulate = n } },
            "batches whose mean gradients make one step of the optimizer"),
        Setting.Of(
            "Training:Patience",
            ValueKinds.OrNull(ValueKinds.Count),
            run => run.Training.Patience,
            (run, n) => run with { Training = run.Training with { Patience = n } },
            "epochs without a better one by validation after which the run ends"),
        Setting.Of(
            "Training:ClassWeights",
            ValueKinds.Text,
            run => run.Training.ClassWeights,
            (run, text) => run with { Training = run.Training with { ClassWeights = text } },
            "how much samples of each class count in training: balanced, or a number a class, joined by commas"),
        Setting.Of(
            LossRegistry.Types,
            run => run.Training.Loss,
            (run, loss) => run with { Training = run.Training with { Loss = loss } },
            "what training makes small: a type with its options, or its name alone"),
        Setting.Of(
            "Training:Seed",
            ValueKinds.Seed,
            run => run.Training.Seed,
            (run, n) => run with { Training = run.Training with { Seed = n } },
            "seed of all random numbers") with
        {
            Options = ["--seed"],
        },
        Setting.Of(
            "Pipeline:Workers",
            ValueKinds.Auto(ValueKinds.Integer(1, PipelineOptions.MaxWorkers)),
            run => run.Pipeline.Workers,
            (run, n) => run with { Pipeline = run.Pipeline with { Workers = n } },
            "workers that share each batch; the weights are the same for any number of them") with
        {
            Options = ["--workers", "-w"],
        },
        Setting.Of(
            "Pipeline:Leaves",
            ValueKinds.Auto(ValueKinds.Integer(1, SumTree.MaxLeaves)),
            run => run.Pipeline.Leaves,
            (run, n) => run with { Pipeline = run.Pipeline with { Leaves = n } },
            "leaves into which a batch is cut; part of the definition of its sums"),
        Setting.Of(
            "Pipeline:Kernels",
            ValueKinds.Word(Kernels),
            run => run.Pipeline.Kernels,
            (run, tier) => run with { Pipeline = run.Pipeline with { Kernels = tier } },
            "what computes: the same bits, at other speeds") with
        {
            Options = ["--kernels"],
            ValueName = string.Join('|', Kernels.Keys),
        },
        Setting.Of(
            "Pipeline:StallTimeout",
            ValueKinds.Seconds,
            run => run.Pipeline.StallTimeout,
            (run, time) => run with { Pipeline = run.Pipeline with { StallTimeout = time } },
            "seconds without any progress after which a run ends as stalled"),
        Setting.Of(
            "Checkpoints:Strategy",
            ValueKinds.Word(CheckpointStrategies),
            run => run.Checkpoints.Strategy,
            (run, strategy) => run with { Checkpoints = run.Checkpoints with { Strategy = strategy } },
            "when checkpoints are taken: after every n-th epoch, part of an epoch, step or second, or when an epoch is the best so far; but for never, one is taken at the end, too"),
        Setting.Of(
            "Checkpoints:Every",
            ValueKinds.Integer(1, CheckpointOptions.Max),
            run => run.Checkpoints.Every,
            (run, n) => run with { Checkpoints = run.Checkpoints with { Every = n } },
            "the n of the strategy; of parts, how many an epoch has"),
        Setting.Of(
            "Checkpoints:Content",
            ValueKinds.Word(CheckpointContents),
            run => run.Checkpoints.KeepsState,
            (run, keepsState) => run with { Checkpoints = run.Checkpoints with { KeepsState = keepsState } },
            "state: weights and optimizer, so that a run can go on; metadata: only what has happened"),
        Setting.Of(
            "Checkpoints:Keep",
            ValueKinds.Integer(1, CheckpointOptions.Max),
            run => run.Checkpoints.Keep,
            (run, n) => run with { Checkpoints = run.Checkpoints with { Keep = n } },
            "how many of the newest checkpoints are kept; the best is, too"),
        Setting.Of(
            "Output:Directory",
            ValueKinds.Path,
            run => run.Output.Directory,
            (run, path) => run with { Output = run.Output with { Directory = path } },
            "folder for what the run writes; without it, runs/<yyyyMMdd-HHmmss>-<Name>") with
        {
            Options = ["--output", "-o"],
            ValueName = "DIR",
        },
        Setting.Of(
            "Logging:Format",
            ValueKinds.Word(LogFormats),
            run => run.Logging.Format,
            (run, format) => run with { Logging = run.Logging with { Format = format } },
            "what stdout shows: text, drawn on a terminal and key=value elsewhere, or json, an object a line") with
        {
            Options = ["--log-format"],
            ValueName = string.Join('|', LogFormats.Keys),
        },
        Setting.Of(
            "Logging:IntervalSeconds",
            ValueKinds.Seconds,
            run => run.Logging.Interval,
            (run, time) => run with { Logging = run.Logging with { Interval = time } },
            "seconds between two lines on the progress of an epoch"),
    ];

    /// <summary>The settings that are sections with a type and its options.</summary>
    public static readonly IReadOnlyList<Setting> Sections = [.. All.Where(setting => setting.Section is not null)];

    /// <summary>The section that a key stands in, with a type and its options; or null.</summary>
    public static Setting? SectionOf(string key) => Sections.FirstOrDefault(section => key.StartsWith(section.Key + ":", StringComparison.OrdinalIgnoreCase));

    /// <summary>The setting of a key, or null.</summary>
    public static Setting? Find(string key) => All.FirstOrDefault(setting => string.Equals(setting.Key, key, StringComparison.OrdinalIgnoreCase));
}
