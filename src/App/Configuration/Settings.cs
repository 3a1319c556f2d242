using ConvNN.Data.Catalog;
using ConvNN.Model.Options;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Schedules;

namespace ConvNN.App.Configuration;

/// <summary>
/// The keys of the configuration, except for layers: the options that each section declares. A new key needs one entry in the
/// options class of its section; a name on the command line needs one here.
/// </summary>
internal static class Settings
{
    private static readonly Dictionary<string, (string ValueName, string[] Options)> OnCommandLine = new()
    {
        ["Name"] = ("NAME", ["--name"]),
        ["Data:Dataset"] = (string.Join('|', DatasetCatalog.Names), ["--data"]),
        ["Data:Directory"] = ("DIR", ["--data-dir"]),
        ["Data:Download"] = ("true|false", ["--download"]),
        ["Data:Limit"] = ("N", ["--limit"]),
        ["Training:Epochs"] = ("N", ["--epochs", "-e"]),
        ["Training:BatchSize"] = ("N", ["--batch-size", "-b"]),
        ["Training:LearningRate"] = ("X", ["--learning-rate", "--lr"]),
        ["Training:Optimizer"] = (string.Join('|', OptimizerRegistry.Types.Names), ["--optimizer"]),
        ["Training:Schedule"] = (string.Join('|', ScheduleRegistry.Types.Names), ["--schedule"]),
        ["Training:Seed"] = ("N", ["--seed"]),
        ["Pipeline:Workers"] = ("N", ["--workers", "-w"]),
        ["Pipeline:Kernels"] = (string.Join('|', PipelineOptions.KernelWords.Keys), ["--kernels"]),
        ["Cluster:Engine"] = (string.Join('|', ClusterOptions.EngineWords.Keys), ["--cluster"]),
        ["Output:Directory"] = ("DIR", ["--output", "-o"]),
        ["Dashboard:Port"] = ("PORT", ["--dashboard"]),
        ["Dashboard:Host"] = ("HOST", ["--dashboard-host"]),
        ["Model:Weights"] = ("FILE", ["--weights"]),
        ["Logging:Format"] = (string.Join('|', LoggingOptions.FormatWords.Keys), ["--log-format"]),
    };

    // What an option stands for that may be given without a value.
    private static readonly Dictionary<string, string> Implied = new() { ["Dashboard:Port"] = $"{DashboardOptions.DefaultPort}" };

    /// <summary>All settings, in the order of the help and of a written configuration.</summary>
    public static readonly IReadOnlyList<Setting> All =
    [
        .. Section("", RunConfiguration.Options, run => run, (_, options) => options),
        .. Section("Data:", DataOptions.Options, run => run.Data, (run, options) => run with { Data = options }),
        .. Section("Data:", TrainingOptions.Options.Where(IsOfData), run => run.Training, (run, options) => run with { Training = options }),
        .. Section("Training:", TrainingOptions.Options.Where(option => !IsOfData(option)), run => run.Training, (run, options) => run with { Training = options }),
        .. Section("Pipeline:", PipelineOptions.Options, run => run.Pipeline, (run, options) => run with { Pipeline = options }),
        .. Section("Cluster:", ClusterOptions.Options, run => run.Cluster, (run, options) => run with { Cluster = options }),
        .. Section("Cluster:", LocalStepOptions.Options, run => run.Training.Local, (run, options) => run with { Training = run.Training with { Local = options } }),
        .. Section("Checkpoints:", CheckpointOptions.Options, run => run.Checkpoints, (run, options) => run with { Checkpoints = options }),
        .. Section("Output:", OutputOptions.Options, run => run.Output, (run, options) => run with { Output = options }),
        .. Section("Dashboard:", DashboardOptions.Options, run => run.Dashboard, (run, options) => run with { Dashboard = options }),
        .. Section("Logging:", LoggingOptions.Options, run => run.Logging, (run, options) => run with { Logging = options }),
        .. Section("Model:", RunConfiguration.ModelOptions, run => run, (_, options) => options),
    ];

    /// <summary>The keys of the page that shows a run, which have no meaning for a command that trains none, or many.</summary>
    public static readonly IReadOnlyList<string> OfPage = [.. All.Select(setting => setting.Key).Where(key => key.StartsWith("Dashboard:", StringComparison.Ordinal))];

    /// <summary>The keys of several processes that work together, which have no meaning for a command that runs in one.</summary>
    public static readonly IReadOnlyList<string> OfCluster = [.. All.Select(setting => setting.Key).Where(key => key.StartsWith("Cluster:", StringComparison.Ordinal))];

    /// <summary>The settings that are sections with a type and its options.</summary>
    public static readonly IReadOnlyList<Setting> Sections = [.. All.Where(setting => setting.IsSection)];

    /// <summary>The whole configuration: sections, keys, the layers.</summary>
    public static readonly ConfigurationSection Root = ConfigurationSection.Of([new SchemaKey(), .. All, new LogLevels(), new LayerSection()]);

    /// <summary>The setting of a key, or null.</summary>
    public static Setting? Find(string key) => All.FirstOrDefault(setting => string.Equals(setting.Key, key, StringComparison.OrdinalIgnoreCase));

    // The augmentation affects the weights, so it belongs to the training options; people look for it in the data section.
    private static bool IsOfData(Option option) => option.Types?.Path.StartsWith("Data:", StringComparison.Ordinal) is true;

    private static IEnumerable<Setting> Section<T>(
        string prefix, IEnumerable<Option> options, Func<RunConfiguration, T> get, Func<RunConfiguration, T, RunConfiguration> set)
        where T : class =>
        from option in options
        let key = prefix + option.Name
        let named = OnCommandLine.GetValueOrDefault(key, ("N", []))
        select new Setting(key, option, get, (run, section) => set(run, (T)section))
        {
            ValueName = named.ValueName,
            Options = named.Options,
            Implied = Implied.GetValueOrDefault(key),
        };
}
