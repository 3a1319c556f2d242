using ConvNN.Kernels;
using ConvNN.Model.Losses;
using ConvNN.Training.Optimizers;

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

    /// <summary>All of them, in the order of the help.</summary>
    public static readonly IReadOnlyList<Setting> All =
    [
        Setting.Of("Pipeline:Workers", ValueKinds.Auto(ValueKinds.Integer), (run, n) => run with { Pipeline = run.Pipeline with { Workers = n } }) with
        {
            Options = ["--workers", "-w"],
            Help = "workers that share each batch, or auto; verify: a list (1,2,3,8)",
        },
        Setting.Of("Training:Epochs", ValueKinds.Integer, (run, n) => run with { Training = run.Training with { Epochs = n } }) with
        {
            Options = ["--epochs", "-e"],
            Help = "times that every training image is seen (10; verify: 1)",
        },
        Setting.Of("Training:BatchSize", ValueKinds.Integer, (run, n) => run with { Training = run.Training with { BatchSize = n } }) with
        {
            Options = ["--batch-size", "-b"],
            Help = "images of a step (10)",
        },
        Setting.Of("Training:LearningRate", ValueKinds.Number, (run, x) => run with { Training = run.Training with { LearningRate = x } }) with
        {
            Options = ["--learning-rate", "--lr"],
            ValueName = "X",
            Help = "learning rate (0.1)",
        },
        Setting.Of("Training:Optimizer:Type", ValueKinds.Word(OptimizerRegistry.Names), (run, name) => run with { Training = run.Training with { Optimizer = name } }),
        Setting.Of("Training:Loss", ValueKinds.Word([.. LossRegistry.All.Select(loss => loss.Name)]), (run, name) => run with { Training = run.Training with { Loss = name } }),
        Setting.Of("Training:Seed", ValueKinds.Seed, (run, n) => run with { Training = run.Training with { Seed = n } }) with
        {
            Options = ["--seed"],
            Help = "seed of all random numbers (1)",
        },
        Setting.Of("Data:Directory", ValueKinds.Path, (run, path) => run with { Data = run.Data with { Directory = path } }) with
        {
            Options = ["--data-dir"],
            ValueName = "DIR",
            Help = "folder with the four IDX files of a dataset; without it, the embedded sample",
        },
        Setting.Of("Data:Limit", ValueKinds.Count, (run, n) => run with { Data = run.Data with { Limit = n } }) with
        {
            Options = ["--limit"],
            Help = "train on the first N images only",
        },
        Setting.Of("Output:Directory", ValueKinds.Path, (run, path) => run with { Output = run.Output with { Directory = path } }) with
        {
            Options = ["--output", "-o"],
            ValueName = "DIR",
            Help = "folder for what the run writes (runs/<time>-<name>)",
        },
        Setting.Of("Pipeline:Kernels", ValueKinds.Word(Kernels), (run, tier) => run with { Pipeline = run.Pipeline with { Kernels = tier } }) with
        {
            Options = ["--kernels"],
            ValueName = string.Join('|', Kernels.Keys),
            Help = "what computes: the same bits, at other speeds (auto); verify: a list",
        },
        Setting.Of("Pipeline:Leaves", ValueKinds.Auto(ValueKinds.Integer), (run, n) => run with { Pipeline = run.Pipeline with { Leaves = n } }),
        Setting.Of("Pipeline:StallTimeout", ValueKinds.Seconds, (run, time) => run with { Pipeline = run.Pipeline with { StallTimeout = time } }),
        Setting.Of("Logging:IntervalSeconds", ValueKinds.Seconds, (run, time) => run with { Logging = run.Logging with { Interval = time } }),
        Setting.Of("Name", ValueKinds.FileName, (run, name) => run with { Name = name }),
    ];

    /// <summary>The setting of a key, or null.</summary>
    public static Setting? Find(string key) => All.FirstOrDefault(setting => string.Equals(setting.Key, key, StringComparison.OrdinalIgnoreCase));
}
