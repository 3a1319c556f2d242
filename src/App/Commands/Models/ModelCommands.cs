using System.CommandLine;
using ConvNN.App.Commands.Options;
using ConvNN.App.Faults;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Formats;
using ConvNN.Formats.Onnx;
using ConvNN.Formats.SafeTensors;

namespace ConvNN.App.Commands.Models;

/// <summary>Describes the commands that work with trained models.</summary>
internal sealed class ModelCommands
{
    private readonly Func<int> _width;

    private readonly Option<string?> _model = new("--model", "-m")
    {
        HelpName = "PATH",
        Description = "a model file, or the folder of a run or a checkpoint; without it, the newest run",
    };

    private readonly Option<bool> _json = new("--json") { Description = "as JSON" };

    /// <summary>Describes the options.</summary>
    /// <param name="width">Gets the maximum width of a line.</param>
    public ModelCommands(Func<int> width)
    {
        _width = width;
        _model.CompletionSources.Add(Completions.Runs);
    }

    /// <summary>Gives a command the lines to print.</summary>
    public delegate Command Printing(Command command, Func<ParseResult, IEnumerable<string>> lines, params string[] examples);

    /// <summary>Gives a command that loads a dataset its action.</summary>
    public delegate Command Evaluating(Command command, Func<ParseResult, EvaluateRequest> request, params string[] examples);

    /// <summary>The commands.</summary>
    /// <param name="printing">Configures the commands that print lines.</param>
    /// <param name="evaluate">Configures <c>evaluate</c>.</param>
    /// <param name="report">Configures <c>report</c>.</param>
    public IEnumerable<Command> All(Printing printing, Evaluating evaluate, Evaluating report)
    {
        yield return evaluate(
            new Command("evaluate", "Test a model: accuracy, confusion matrix, precision and recall of each class.") { _model, _json },
            result => new EvaluateRequest(ModelLocation.Find(result.GetValue(_model)), result.GetValue(_json)),
            "evaluate",
            "evaluate --model runs/first --data sample --json");
        yield return Predict(printing);
        yield return Explain(printing);
        yield return Inspect(printing);
        yield return Export(printing);
        yield return Runs(printing);
        yield return Report(report);
    }

    private Command Predict(Printing printing)
    {
        Argument<string[]> images = new("IMAGE") { Arity = ArgumentArity.OneOrMore, Description = "pictures or folders of them: PNG, JPEG, GIF, BMP, PGM or PPM; or IDX files of images" };
        return printing(
            new Command("predict", "Predict the class of pictures, and show them as the network sees them.") { images, _model, _json },
            result =>
            {
                PredictReport report = new(ModelLocation.Find(result.GetValue(_model)), result.GetRequiredValue(images));
                return result.GetValue(_json) ? report.Json() : report.Lines(_width());
            },
            "predict seven.png",
            "predict photos",
            "predict --model runs/first t10k-images-idx3-ubyte --json");
    }

    private Command Explain(Printing printing)
    {
        Argument<string> image = new("IMAGE") { Description = "a picture: PNG, JPEG, GIF, BMP, PGM or PPM" };
        Option<string?> name = new("--class") { HelpName = "NAME", Description = "the class to explain; by default the predicted one" };
        Option<string> page = new("--html") { HelpName = "FILE", Description = "the page to write", DefaultValueFactory = _ => ExplainReport.PageName };
        return printing(
            new Command("explain", "Write a page about what a network sees in a picture: the pixels that matter for a class, and the output of each layer.") { image, _model, name, page },
            result => Fold.Long(
                ExplainReport.Write(ModelLocation.Find(result.GetValue(_model)), result.GetRequiredValue(image), result.GetValue(name), result.GetRequiredValue(page)), _width()),
            "explain seven.png",
            "explain --model runs/first seven.png --class 1 --html seven.html");
    }

    private Command Inspect(Printing printing)
    {
        Argument<string?> path = new("PATH") { Arity = ArgumentArity.ZeroOrOne, HelpName = "PATH", Description = "a model file, or the folder of a run or a checkpoint; without it, the newest run" };
        path.CompletionSources.Add(Completions.Runs);
        return printing(
            new Command("inspect", "Show what is in a model, a checkpoint or a run: layers, tensors, history, hashes.") { path, _json },
            result =>
            {
                string inspected = result.GetValue(path) ?? ModelLocation.Find(null).Run!;
                return result.GetValue(_json) ? InspectJson.Of(inspected).Split('\n') : Fold.Long(InspectReport.Lines(inspected, _width()), _width());
            },
            "inspect runs/first",
            "inspect runs/first/checkpoints/latest",
            "inspect runs/first --json");
    }

    private Command Export(Printing printing)
    {
        Option<string?> onnx = new("--onnx") { HelpName = "FILE", Description = "the file to write, in ONNX: input images [N, C, H, W] from 0 to 1, output probabilities" };
        return printing(
            new Command("export", "Write a model in another format.") { onnx, _model },
            result =>
            {
                string file = result.GetValue(onnx) ?? throw new UsageException("export needs the file to write: --onnx model.onnx.");
                ModelLocation location = ModelLocation.Find(result.GetValue(_model));
                ModelFile model = ModelFile.Load(location.Path);
                try
                {
                    OutputException.Guard(file, () => OnnxFile.Save(file, model));
                }
                catch (NotSupportedException unknown)
                {
                    throw new ModelFileException($"{location.Path}: {unknown.Message}", unknown);
                }

                return Fold.Long([$"saved   {file}: ONNX, operators {OnnxFile.OperatorSet}, {new FileInfo(file).Length:N0} bytes, from {location.Path}"], _width());
            },
            "export --onnx model.onnx",
            "export --model runs/first --onnx first.onnx");
    }

    private Command Runs(Printing printing)
    {
        Argument<string[]> folders = new("RUN") { Arity = ArgumentArity.ZeroOrMore, HelpName = "RUN", Description = "run folders to compare, two or more; or one folder whose runs are listed, by default runs" };
        folders.CompletionSources.Add(Completions.Runs);
        string[] names = [.. RunColumn.All.Select(column => column.Name)];
        Option<string?> sort = new("--sort") { HelpName = "COLUMN", Description = $"sort by a column, the smallest value first: {string.Join(", ", names)}" };
        sort.CompletionSources.Add(names);
        Option<bool> descending = new("--descending") { Description = "with --sort: the largest value first" };
        Option<string[]> where = new("--where") { HelpName = "TEXT", Description = "list only runs that pass a comparison, such as \"accuracy > 0.99\" or \"optimizer = adam\"; may be repeated" };
        Option<bool> csv = new("--csv") { Description = "as CSV, with all columns" };
        Option<bool> open = new("--open") { Description = "as a page in the browser, with the trials of sweeps: a table to sort, and curves over each other" };
        return printing(
            new Command("runs", "List the runs, or compare some: what differs in configuration, data and result.") { folders, sort, descending, where, csv, _json, open },
            result =>
            {
                string[] given = result.GetValue(folders) ?? [];
                if (result.GetValue(open))
                {
                    return result.GetValue(csv) || result.GetValue(_json) || result.GetValue(sort) is not null || result.GetValue(descending) || result.GetValue(where) is { Length: > 0 }
                        ? throw new UsageException("--open shows all runs in a table that the page sorts; leave --sort, --descending, --where, --csv and --json out.")
                        : [Open(given)];
                }

                RunsReport list = new(given is [string folder] ? folder : ModelLocation.Runs)
                {
                    SortBy = result.GetValue(sort) is { } column ? RunColumn.Find(column, sort.Name) : null,
                    IsDescending = result.GetValue(descending),
                    Filters = [.. (result.GetValue(where) ?? []).Select(RunFilter.Parse)],
                };
                return (given.Length, result.GetValue(csv), result.GetValue(_json)) switch
                {
                    (_, true, true) => throw new UsageException("--csv and --json are two forms of one list; leave one out."),
                    ( > 1, false, false) when list is { SortBy: null, IsDescending: false, Filters.Count: 0 } => new RunsComparison(given).Lines(_width()),
                    ( > 1, _, _) => throw new UsageException("runs compares the runs that it is given as they are; leave --sort, --descending, --where, --csv and --json out."),
                    (1, _, _) when File.Exists(Path.Combine(given[0], RunRecord.Name)) => throw new UsageException("runs lists a folder of runs, or compares two or more: runs A B."),
                    _ when list is { IsDescending: true, SortBy: null } => throw new UsageException("--descending has a meaning only with --sort; leave it out."),
                    (_, true, _) => list.Csv(),
                    (_, _, true) => list.Json().Split('\n'),
                    _ => list.Lines(_width()),
                };
            },
            "runs",
            "runs --open",
            "runs --sort accuracy --where \"optimizer = adam\"",
            "runs runs/first runs/second");
    }

    private static string Open(string[] given)
    {
        string folder = given is [string only] ? only : ModelLocation.Runs;
        IReadOnlyList<string> runs = given.Length > 1 ? given : ModelLocation.RunsUnder(folder);
        return runs.Count > 0
            ? ReportCommand.Open(given.Length > 1 ? ReportCommand.PageName : Path.Combine(folder, ReportCommand.PageName), runs)
            : throw new RunFileException($"{folder}: has no runs; name a folder of runs, or train one first.");
    }

    private static Command Report(Evaluating report)
    {
        Argument<string[]> runs = new("RUN") { Arity = ArgumentArity.ZeroOrMore, HelpName = "RUN", Description = "the folder of a run, by default the newest; two or more to compare them; or a folder of runs, as of a sweep" };
        runs.CompletionSources.Add(Completions.Runs);
        Option<string?> html = new("--html") { HelpName = "FILE", Description = "the page to write; by default report.html in the folder of the run or of the runs, if it is one" };
        return report(
            new Command("report", "Write a page about a run: curves, throughput, confusion matrix, misread images, filters; or about several: their curves over each other, and what differs.") { runs, html },
            result =>
            {
                string[] given = result.GetValue(runs) ?? [];
                string? file = result.GetValue(html);
                string[] compared = given is [string folder] ? [.. ModelLocation.RunsUnder(folder)] : given.Length > 1 ? given : [];
                return compared.Length == 0
                    ? new EvaluateRequest(ModelLocation.Find(given.SingleOrDefault()), IsJson: false) { Html = file }
                    : new EvaluateRequest(new ModelLocation("", compared[0]), IsJson: false)
                    {
                        Compared = compared,
                        Html = file ?? (given is [string of] ? Path.Combine(of, ReportCommand.PageName) : throw new UsageException("report of several runs needs the file to write: --html compared.html.")),
                    };
            },
            "report",
            "report runs/first",
            "report runs/first runs/second --html compared.html",
            "report runs");
    }
}
