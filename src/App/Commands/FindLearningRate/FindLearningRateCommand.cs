using System.Text.Json.Nodes;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Training;
using ConvNN.Training.Metrics;

namespace ConvNN.App.Commands.FindLearningRate;

/// <summary>
/// <c>convnn find-lr</c>: trains a few hundred steps with a rising learning rate, shows the loss against the rate, and
/// suggests a rate to start with. Writes no files and does not affect any run.
/// </summary>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="request">The output format.</param>
/// <param name="signals">Stops it.</param>
/// <param name="output">Where it prints.</param>
/// <param name="log">Where downloads are reported.</param>
/// <param name="time">The clock.</param>
/// <param name="meter">Measures the steps.</param>
internal sealed class FindLearningRateCommand(
    ConfigurationSources sources,
    FindLearningRateRequest request,
    StopSignals signals,
    LineWriter output,
    RunLog log,
    TimeProvider time,
    TrainingMeter meter) : ICommand
{
    private const double Lowest = 1e-6;
    private const double Highest = 10;
    private const int Steps = 280;

    // Four lines per power of ten; one line per step would fill the screen.
    private const int StepsPerLine = 10;
    private const int BarLength = 40;

    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        RunConfiguration run = ConfigurationReader.Read(sources);
        if (request.IsJson)
        {
            log.IsShown = _ => false;
        }

        RunMaterial material = await RunMaterial.LoadAsync(run, new DownloadReporter(log, run.Logging.Interval, time), cancellationToken);
        LearningRateFinder finder = new(material.Network, material.Data, run.Training, run.Pipeline) { Meter = meter };
        Print(Fold.Lines(
            "find-lr",
            $"{material.Data.Name}, {run.Training.Optimizer}, batch {run.Training.BatchSize}, {Steps} steps at rates from {Lowest} to {Highest}; loss smoothed",
            Columns));
        LearningRateCurve curve = await finder.RunAsync(Lowest, Highest, Steps, cancellationToken);
        if (cancellationToken.IsCancellationRequested)
        {
            Print([$"stopped by {signals.Name}"]);
            return signals.ExitCode;
        }

        Print(Lines(curve));
        if (request.IsJson)
        {
            output.WriteText(Json(run, material, curve));
        }

        return ExitCode.Done;
    }

    private int Columns => output.Terminal?.Columns ?? int.MaxValue;

    private IEnumerable<string> Lines(LearningRateCurve curve)
    {
        double top = curve.Points.Count == 0 ? 1 : curve.Points[0].Smoothed;
        foreach (LearningRateCurve.Point point in curve.Points.Where((_, step) => step % StepsPerLine == 0))
        {
            int length = (int)Math.Round(BarLength * Math.Clamp(point.Smoothed / (1.25 * top), 0, 1));
            yield return $"{point.Rate,9:G2}  {point.Smoothed,8:0.0000}  {new string('█', length)}";
        }

        yield return curve.Points.Count < Steps
            ? $"at a rate of {(curve.Points.Count == 0 ? Lowest : curve.Points[^1].Rate):G2} the network stopped learning; higher rates were skipped"
            : "all rates were tried";
        (string word, string advice) = curve.Suggestion is { } rate
            ? ("try", $"--lr {rate:G2}, where the loss falls most steeply; with a decaying schedule, up to three times as much")
            : ("none", "no rate made the loss fall; look at the network, or take larger batches");
        foreach (string line in Fold.Lines(word, advice, Columns))
        {
            yield return line;
        }
    }

    /// <summary>The same as JSON, with every step.</summary>
    private static string Json(RunConfiguration run, RunMaterial material, LearningRateCurve curve) => ReadableJson.Of(new JsonObject
    {
        ["dataset"] = material.Data.Name,
        ["optimizer"] = $"{run.Training.Optimizer}",
        ["batch_size"] = run.Training.BatchSize,
        ["steps"] = Steps,
        ["lowest_rate"] = Lowest,
        ["highest_rate"] = Highest,
        ["points"] = new JsonArray([.. curve.Points.Select(point => (JsonNode)new JsonObject
        {
            ["learning_rate"] = point.Rate,
            ["loss"] = point.Loss,
            ["smoothed_loss"] = point.Smoothed,
        })]),
        ["all_tried"] = curve.Points.Count == Steps,
        ["suggested_rate"] = curve.Suggestion,
    });

    private void Print(IEnumerable<string> lines)
    {
        foreach (string line in request.IsJson ? [] : lines)
        {
            output.Write(line);
        }
    }
}
