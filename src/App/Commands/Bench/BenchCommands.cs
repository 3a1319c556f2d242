using System.CommandLine;
using ConvNN.App.Commands.Options;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;

namespace ConvNN.App.Commands.Bench;

/// <summary>Describes <c>bench</c>.</summary>
/// <param name="json">Asks for a JSON document.</param>
/// <param name="settings">The options that set keys of the configuration.</param>
internal sealed class BenchCommands(Option<bool> json, SettingOptions settings)
{
    private readonly Option<bool> _quick = new("--quick") { Description = "measure for a few seconds only" };
    private readonly Option<string> _cores = new("--cores") { Description = "also predict the steps of machines with these numbers of cores", HelpName = "LIST" };
    private readonly Option<string?> _html = new("--html") { HelpName = "FILE", Description = "also write a page with the speed-up over one worker, beside that of Amdahl's law" };
    private readonly Option<bool> _cluster = new("--cluster") { Description = "under mpirun: measure the connection of the ranks, and a step of all of them beside its forecast" };

    /// <summary>Keys of the configuration that have no meaning for it.</summary>
    public static IReadOnlyList<string> Without { get; } =
        [.. Settings.OfPage, .. Settings.OfCluster, "Name", "Output:Directory", "Training:Epochs", "Training:LearningRate", "Data:Limit", "Logging:Format"];

    /// <summary>How it is called.</summary>
    public static string[] Examples { get; } =
    [
        "bench",
        "bench --workers 1,2,4,8 --batch-size 10,64",
        "bench --cores 4,8,16,32,64",
        "bench --workers 1,2,4 --html speedup.html",
        "bench --preset two-block --json",
    ];

    /// <summary>The command.</summary>
    public Command Create() =>
        new("bench", "Measure this machine's peak performance, and how much of it training reaches; workers and batch sizes may be lists.") { json, _quick, _cores, _html, _cluster };

    /// <summary>Whether several ranks are to be measured together.</summary>
    public bool IsOfRanks(ParseResult result) => result.GetValue(_cluster);

    /// <summary>The arguments.</summary>
    /// <exception cref="UsageException">They do not go together.</exception>
    public BenchRequest Request(ParseResult result)
    {
        BenchRequest request = new(result.GetValue(json), result.GetValue(_quick), settings.HasFile(result), result.GetValue(_cores) is { } list ? BenchRequest.ReadCores(list) : [])
        {
            Html = result.GetValue(_html),
        };
        return !IsOfRanks(result) || request is { IsJson: false, IsQuick: false, Cores: [], Html: null }
            ? request
            : throw new UsageException("--cluster measures ranks alone; leave --json, --quick, --cores and --html out.");
    }
}
