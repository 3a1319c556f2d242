using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Output;
using ConvNN.App.Reports;
using ConvNN.App.Runs;
using ConvNN.Files;

namespace ConvNN.App.Commands.Models;

/// <summary><c>convnn report RUN</c>: writes a page about a run, by default into its folder, or a page that compares some.</summary>
/// <param name="request">The run or runs.</param>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="output">Where it prints.</param>
/// <param name="log">Where downloads are reported.</param>
/// <param name="time">The clock.</param>
internal sealed class ReportCommand(EvaluateRequest request, ConfigurationSources sources, LineWriter output, RunLog log, TimeProvider time) : ICommand
{
    /// <summary>The name of the page in the run's folder.</summary>
    public const string PageName = "report.html";

    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        (string path, string page) = request.Compared.Count > 0 ? (request.Html!, Compared(request.Compared)) : await ReportAsync(cancellationToken);
        output.WriteWords(Write(path, page));
        return ExitCode.Done;
    }

    /// <summary>Writes a page about runs, and opens it.</summary>
    /// <param name="path">The page.</param>
    /// <param name="folders">The runs.</param>
    /// <returns>The line that says so.</returns>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public static string Open(string path, IReadOnlyList<string> folders) => Write(path, Compared(folders), isOpened: true);

    private static string Write(string path, string page, bool isOpened = false)
    {
        OutputException.Guard(path, () => AtomicFile.Write(path, page));
        return $"saved   {path}: {new FileInfo(path).Length:N0} bytes; {(isOpened && Browser.Open(path) ? "a browser shows it" : "open it in a browser")}";
    }

    private static string Compared(IReadOnlyList<string> folders)
    {
        RunsComparison runs = new(folders);
        string? folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(runs.Folders[0]));
        string title = runs.Folders.All(run => Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(run)) == folder) && !string.IsNullOrEmpty(folder) ? folder : "Runs";
        return new RunsPage(title, runs).Html();
    }

    private async Task<(string Path, string Page)> ReportAsync(CancellationToken cancellationToken)
    {
        string folder = request.Model.Run ?? throw new RunFileException($"{request.Model.Path}: is not in the folder of a run; name one of those that {Invocation.Of("runs")} lists.");
        RunRecord record = RunRecord.Read(folder);
        RunConfiguration run = ConfigurationReader.Read(sources);
        IReadOnlyList<HistoryRow> history = HistoryReader.ReadRows(Path.Combine(folder, HistoryFile.Name));
        StepRows steps = StepRows.Read(Path.Combine(folder, StepsFile.Name));
        ModelTest test = await ModelTest.RunAsync(request.Model.Path, run, new DownloadReporter(log, run.Logging.Interval, time), cancellationToken);
        return (request.Html ?? Path.Combine(folder, PageName), new RunPage(folder, record, run, history, steps, test).Html());
    }
}
