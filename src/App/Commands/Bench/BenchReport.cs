using ConvNN.App.Commands.Bench.Measuring;
using ConvNN.App.Output;
using ConvNN.Data;
using ConvNN.Kernels.Vectors;
using ConvNN.Training.Pipeline.Clocks;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Commands.Bench;

/// <summary>The results of a benchmark, as tables of at most 100 columns.</summary>
internal static class BenchReport
{
    private const string None = "–";
    private const int LayerWidth = 22;

    // Work in registers always takes the same time, so a varying peak means that other programs use the cores.
    private const double Quiet = 0.1;

    /// <summary>The head: the machine, the images and the method.</summary>
    /// <param name="file">The configuration file.</param>
    /// <param name="data">The images.</param>
    /// <param name="pace">How long the benchmark measures.</param>
    /// <param name="tier">The kernels used for the networks.</param>
    /// <param name="columns">The maximum width of a line.</param>
    public static IEnumerable<string> Head(string file, DatasetPair data, BenchmarkPace pace, KernelTier tier, int columns) =>
    [
        .. Fold.Lines(
            "convnn",
            $"{Output.Machine.Version} · {Output.Machine.Runtime} · {Output.Machine.Architecture} {Output.Machine.NameOf(tier)} · {Output.Machine.Cores} · {file}",
            columns),
        .. Fold.Lines("bench", $"medians of {pace.Rounds} rounds, ± half their range; images of {data.Name}; ^C stops", columns),
    ];

    /// <summary>The peak performance of the machine.</summary>
    public static IEnumerable<string> Machine(MachineReport machine)
    {
        int[] cores = [.. machine.Memory.Select(memory => memory.Cores).Distinct()];
        IEnumerable<string[]> arithmetic = machine.MultiplyAdds.GroupBy(peak => peak.Kernels).Select(tier => (string[])
        [
            $"  multiply-adds {Output.Machine.NameOf(Enum.Parse<KernelTier>(tier.Key, ignoreCase: true))}",
            "GFLOP/s",
            .. tier.SelectMany(peak => With(peak.Gflops, "N0")),
        ]);
        IEnumerable<string[]> memory = machine.Memory.GroupBy(memory => memory.Access).Select(access => (string[])
        [
            $"  memory, {access.Key}", "GB/s", .. access.SelectMany(memory => With(memory.GigabytesPerSecond, "N1")),
        ]);
        double deviation = machine.MultiplyAdds.Max(peak => peak.Gflops.Deviation);
        string[] warning = deviation <= Quiet
            ? []
            : [$"WARNING other programs use this machine: its peak varies by ± {Untied(Share(deviation))}, and so may all figures below"];
        TextTable table = TextTable.OfFigures(["machine", "", .. cores.SelectMany(count => (string[])[Plural(count, "core"), "±"])]);
        return [.. table.AddAll(arithmetic).AddAll(memory).Lines(), .. warning];
    }

    /// <summary>The overhead of almost empty steps.</summary>
    public static IEnumerable<string> HandOff(IReadOnlyList<HandOffReport> reports) =>
    [
        "",
        .. TextTable.OfFigures(["µs of an empty step", .. reports.Select(report => report.Workers).Distinct().SelectMany(workers => (string[])[Plural(workers, "worker"), "±"])])
            .AddAll(reports.GroupBy(report => report.Exchange).Select(exchange => (string[])
            [
                $"  {exchange.Key}", .. exchange.SelectMany(report => With(report.Microseconds, "N1")),
            ]))
            .Lines(),
    ];

    /// <summary>A network.</summary>
    public static IEnumerable<string> Network(NetworkReport network)
    {
        string peaks = string.Join(", ", network.Workers.DistinctBy(report => report.Cores)
            .Select(report => $"of {Untied(Plural(report.Cores, "core"))} {report.PeakGflops.Median:N0} ± {Untied(Share(report.PeakGflops.Deviation))}"));
        yield return "";
        yield return $"{network.Name}, batch {network.BatchSize}: {network.Parameters:N0} parameters, {network.OperationsPerImage / 1e6:N2} MFLOP per training image";
        yield return $"peak    {peaks} GFLOP/s, in the same rounds";
        IEnumerable<string> lines =
        [
            .. TextTable.OfFigures("workers", "images/s", "±", "speed-up", "GFLOP/s", "peak", "µs/step", "bytes/step", "evaluation", "±")
                .AddAll(network.Workers.Select(Row))
                .Lines(),
            Verdict(network.Auto),
            .. Exchanges(network.Exchanges),
            .. TextTable.OfFigures(["stages", .. network.Workers[0].Stages.Select(stage => stage.Stage)])
                .AddAll(network.Workers.Select(report => (string[])[$"  {report.Workers} on {Plural(report.Cores, "core")}, {report.Exchange}", .. report.Stages.Select(stage => Busy(stage, report))]))
                .Lines(),
            .. TextTable.OfFigures("layers, µs on one core", "forward", "GFLOP/s", "peak", "dw", "GFLOP/s", "peak", "dx", "GFLOP/s", "peak")
                .AddAll(network.Layers.Select(layer => (string[])
                [
                    $"  {Fold.Shorten($"{layer.Name} {layer.Type}", LayerWidth)}", .. Cells(layer.Forward), .. Cells(layer.ParameterGradient), .. Cells(layer.InputGradient),
                ]))
                .Lines(),
            .. network.Cores is { } cores ? Cores(cores) : [],
        ];
        foreach (string line in lines)
        {
            yield return line;
        }
    }

    /// <summary>Whether <c>auto</c> is the best number of workers.</summary>
    internal static string Verdict(AutoReport auto) => auto switch
    {
        _ when auto.Workers == auto.FastestWorkers => $"auto    takes {auto.Workers}: no measured number is faster",
        { IsNeverSlower: true } => $"auto    takes {auto.Workers}, which gives {auto.Ratio:0.00}× of what --workers {auto.FastestWorkers} gives: the difference is noise",
        _ => $"AUTO    takes {auto.Workers}, which gives {auto.Ratio:0.00}× of what --workers {auto.FastestWorkers} gives: slower than a fixed number",
    };

    private static IEnumerable<string> Exchanges(ExchangesReport exchanges)
    {
        Spread full = exchanges.FullGradients;
        string fullText = $"full-gradients {full.Median:N0} ± {Untied(Share(full.Deviation))}";
        if (exchanges is { OwnFeatures: { } owned, Ratio: { } ratio })
        {
            yield return $"exchange own-features {owned.Median:N0} ± {Untied(Share(owned.Deviation))}, {fullText} images/s: {ratio:0.00}×";
            yield return $"divided {exchanges.Division}";
        }
        else
        {
            yield return $"exchange {fullText} images/s; own-features cannot run with these options";
        }
    }

    /// <summary>The predictions for other numbers of cores.</summary>
    private static IEnumerable<string> Cores(CoresReport cores) =>
    [
        "prediction, not measured: the members of a step run alone here, one after another, and the",
        cores.Meeting is { } meeting
            ? $"slowest count; two cores here need {meeting.Microseconds:0.00} µs to meet, and {meeting.LineNanoseconds:0.0} ns for a line that the other wrote"
            : "slowest count; no two cores were free to meet here: further meetings and transfers are missing",
        .. TextTable.OfFigures("predicted, µs", "threads", "images/s", "speed-up", "step", "compute", "imbalance", "transfers", "meetings")
            .AddAll(cores.Predictions.Select(prediction => (string[])
            [
                $"  {Plural(prediction.Cores, "core")}",
                $"{prediction.Threads}",
                $"{prediction.ImagesPerSecond:N0}",
                $"{prediction.SpeedUp:0.00}",
                Microseconds(prediction.MicrosecondsPerStep),
                Microseconds(prediction.Compute),
                Microseconds(prediction.Imbalance),
                cores.Meeting is null ? None : Microseconds(prediction.Transfers),
                Microseconds(prediction.Meetings),
            ]))
            .Lines(),
        .. TextTable.OfFigures("predicted evaluation", "images/s", "speed-up")
            .AddAll(cores.Predictions.Where(prediction => prediction.Evaluation is not null).Select(prediction => (string[])
            [
                $"  {Plural(prediction.Cores, "core")}", $"{prediction.Evaluation!.ImagesPerSecond:N0}", $"{prediction.Evaluation.SpeedUp:0.00}",
            ]))
            .Lines(),
    ];

    private static string[] Row(WorkersReport report) =>
    [
        $"  {report.Workers}{(report.IsAuto ? " auto" : "")}",
        .. With(report.ImagesPerSecond, "N0"),
        report.SpeedUp is { } factor ? $"{factor:0.00}" : None,
        $"{report.Gflops:N1}",
        Share(report.PeakShare),
        $"{report.MicrosecondsPerStep:N0}",
        report.BytesPerStep is { } bytes ? $"{bytes:N0}" : None,
        .. With(report.EvaluatedImagesPerSecond, "N0"),
    ];

    // The time that a thread of the stage was busy per step, in µs and as a share.
    private static string Busy(StageLoad stage, WorkersReport report) =>
        $"{Microseconds(stage.Busy * report.MicrosecondsPerStep)} µs {100 * stage.Busy,3:0} %";

    private static string Microseconds(double time) => time < 100 ? $"{time:N1}" : $"{time:N0}";

    private static string[] Cells(LayerPartReport? part) => part is null
        ? [None, None, None]
        :
        [
            Microseconds(part.Microseconds.Median),
            part.Gflops is { } gflops ? gflops < 10 ? $"{gflops:N1}" : $"{gflops:N0}" : None,
            part.PeakShare is { } share ? Share(share) : None,
        ];

    private static string[] With(Spread spread, string format) =>
        [spread.Median.ToString(format), Share(spread.Deviation)];
}
