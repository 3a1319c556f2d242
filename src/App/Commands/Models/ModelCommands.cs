using System.CommandLine;
using ConvNN.App.Commands.Options;
using ConvNN.App.Faults;
using ConvNN.App.Runs;
using ConvNN.Formats;
using ConvNN.Formats.Onnx;
using ConvNN.Formats.SafeTensors;

namespace ConvNN.App.Commands.Models;

/// <summary>Describes the commands that work with trained models.</summary>
internal sealed class ModelCommands
{
    private readonly Option<string?> _model = new("--model", "-m")
    {
        HelpName = "PATH",
        Description = "a model file, or the folder of a run or a checkpoint; without it, the newest run",
    };

    private readonly Option<bool> _json = new("--json") { Description = "as JSON" };

    /// <summary>Describes the options.</summary>
    public ModelCommands() => _model.CompletionSources.Add(Completions.Runs);

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
                return result.GetValue(_json) ? report.Json().Split('\n') : report.Lines();
            },
            "predict seven.png",
            "predict --model runs/first t10k-images-idx3-ubyte --json");
    }

    private static Command Inspect(Printing printing)
    {
        Argument<string?> path = new("PATH") { Arity = ArgumentArity.ZeroOrOne, Description = "a model file, or the folder of a run or a checkpoint; without it, the newest run" };
        path.CompletionSources.Add(Completions.Runs);
        return printing(
            new Command("inspect", "Show what is in a model, a checkpoint or a run: layers, tensors, history, hashes.") { path },
            result => InspectReport.Lines(result.GetValue(path) ?? ModelLocation.Find(null).Run!),
            "inspect runs/first",
            "inspect runs/first/checkpoints/latest");
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
                    OnnxFile.Save(file, model);
                }
                catch (NotSupportedException unknown)
                {
                    throw new ModelFileException($"{location.Path}: {unknown.Message}", unknown);
                }
                catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
                {
                    throw new OutputException($"{file}: cannot be written: {reason.Message.TrimEnd('.')}; name a file in an existing folder.", reason);
                }

                return [$"saved   {file}: ONNX, operators {OnnxFile.OperatorSet}, {new FileInfo(file).Length:N0} bytes, from {location.Path}"];
            },
            "export --onnx model.onnx",
            "export --model runs/first --onnx first.onnx");
    }

    private Command Runs(Printing printing)
    {
        Argument<string[]> folders = new("RUN") { Arity = new ArgumentArity(0, 2), Description = "two run folders to compare; without them, all runs are listed" };
        folders.CompletionSources.Add(Completions.Runs);
        return printing(
            new Command("runs", "List the runs, or compare two: what differs in configuration, data and result.") { folders, _json },
            result => (result.GetValue(folders), result.GetValue(_json)) switch
            {
                ([string first, string second], false) => RunsReport.Compare(first, second),
                ({ Length: > 0 }, _) => throw new UsageException("runs lists all, also as --json, or compares two: runs A B."),
                (_, true) => RunsReport.Json(ModelLocation.Runs).Split('\n'),
                _ => RunsReport.List(ModelLocation.Runs),
            },
            "runs",
            "runs runs/first runs/second");
    }

    private static Command Report(Evaluating report)
    {
        Argument<string?> run = new("RUN") { Arity = ArgumentArity.ZeroOrOne, Description = "the folder of a run; without it, the newest" };
        run.CompletionSources.Add(Completions.Runs);
        return report(
            new Command("report", "Write a page about a run: curves, throughput, confusion matrix, misread images, filters.") { run },
            result => new EvaluateRequest(ModelLocation.Find(result.GetValue(run)), IsJson: false),
            "report",
            "report runs/first");
    }
}
