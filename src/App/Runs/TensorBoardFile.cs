using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Reports;
using ConvNN.Data;
using ConvNN.Files;
using ConvNN.Formats;
using ConvNN.Formats.TensorBoard;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Parameters;
using ConvNN.Pictures;
using ConvNN.Training.Progress;

namespace ConvNN.App.Runs;

/// <summary>
/// <c>tensorboard/events.out.tfevents.*</c>: what TensorBoard shows of a run. A resumed run writes a file of its own, which says from which
/// step on it replaces those before it.
/// </summary>
internal sealed class TensorBoardFile : IDisposable
{
    /// <summary>The folder of the files in the run's folder.</summary>
    public const string FolderName = "tensorboard";

    private const int MaxMisread = 32;

    private static readonly string[] Metrics = ["accuracy/test", "loss/test", "accuracy/train", "loss/train"];

    private readonly string _path;
    private readonly EventFile _events;
    private readonly TimeProvider _time;
    private readonly RunMaterial _material;
    private readonly AlignedBuffer _weights;
    private readonly int _stepsPerEpoch;
    private readonly Lock _writing = new();
    private long _step;
    private bool _isClosed;

    private TensorBoardFile(string path, EventFile events, RunMaterial material, AlignedBuffer weights, int stepsPerEpoch, TimeProvider time)
    {
        _path = path;
        _events = events;
        _material = material;
        _weights = weights;
        _stepsPerEpoch = stepsPerEpoch;
        _time = time;
    }

    /// <summary>Begins a file.</summary>
    /// <param name="folder">The path of the run's folder.</param>
    /// <param name="run">The configuration.</param>
    /// <param name="material">The data and the network.</param>
    /// <param name="weights">The weights, which change during the run.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    /// <param name="from">Steps that are finished; null for a new run.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public static TensorBoardFile Begin(
        string folder, RunConfiguration run, RunMaterial material, AlignedBuffer weights, int stepsPerEpoch, long? from, TimeProvider time)
    {
        string place = Path.Combine(folder, FolderName);
        try
        {
            Directory.CreateDirectory(place);
            DateTimeOffset begin = time.GetUtcNow();
            string path = Path.Combine(place, EventFile.NameOf(BeginAfter(Directory.EnumerateFiles(place), begin), Environment.MachineName, Environment.ProcessId));
            EventFile events = new(RegularFile.OpenAppend(path), time);
            if (from is { } step)
            {
                events.AddStart(step + 1);
            }

            events.Add(from ?? 0, new EventSummary().Hyperparameters(HyperparametersOf(run), Metrics, begin));
            events.Flush();
            return new TensorBoardFile(path, events, material, weights, stepsPerEpoch, time);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"{place}: cannot be written: {reason.Message}", reason);
        }
    }

    /// <summary>Writes recorded steps; nothing once it is closed.</summary>
    /// <exception cref="OutputException">They cannot be written.</exception>
    public void Write(IReadOnlyList<StepResult> steps)
    {
        lock (_writing)
        {
            if (_isClosed)
            {
                return;
            }

            foreach (StepResult step in steps)
            {
                _events.Add(step.Step, new EventSummary()
                    .Scalar("step/loss", step.Loss)
                    .Scalar("step/accuracy", step.Accuracy)
                    .Scalar("step/learning_rate", step.LearningRate)
                    .Scalar("step/gradient_norm", step.GradientNorm)
                    .Scalar("step/images_per_second", step.ImagesPerSecond));
                _step = step.Step;
            }

            Flush();
        }
    }

    /// <summary>Writes a finished epoch: its figures, the weights of each layer, the filters of the first.</summary>
    /// <exception cref="OutputException">They cannot be written.</exception>
    public void Write(EpochResult epoch)
    {
        lock (_writing)
        {
            EventSummary summary = new EventSummary()
                .Scalar("loss/train", epoch.Training.Loss)
                .Scalar("accuracy/train", epoch.Training.Accuracy)
                .Scalar("loss/validation", epoch.Validation?.Loss)
                .Scalar("accuracy/validation", epoch.Validation?.Accuracy)
                .Scalar("loss/test", epoch.Test.Loss)
                .Scalar("accuracy/test", epoch.Test.Accuracy)
                .Scalar("learning_rate", epoch.LearningRate)
                .Scalar("images_per_second", epoch.Training.ImagesPerSecond);
            foreach (Parameter parameter in _material.Network.Layout.Parameters)
            {
                summary.Histogram($"{parameter.Key.Layer}/{parameter.Key.Name}", [.. Enumerable.Range(0, parameter.Rows).SelectMany(row => parameter.Row(_weights.Span, row).ToArray())]);
            }

            AddFilters(summary);
            _step = (long)epoch.Epoch * _stepsPerEpoch;
            _events.Add(_step, summary);
            Flush();
        }
    }

    /// <summary>Writes that the run is done, and the test images of which the model was most certain and wrong.</summary>
    /// <param name="model">Its weights.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void End(AlignedBuffer model)
    {
        lock (_writing)
        {
            EventSummary summary = new EventSummary().SessionEnd(_time.GetUtcNow());
            if (_material.Network.EndsInSoftmax)
            {
                AddMisread(summary, new Classifier(_material.Network, model));
            }

            _events.Add(_step, summary);
            Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_writing)
        {
            _isClosed = true;
            _events.Dispose();
        }
    }

    /// <summary>When a file begins: in a later second than any before it, since TensorBoard reads them in the order of their names.</summary>
    private static DateTimeOffset BeginAfter(IEnumerable<string> files, DateTimeOffset now)
    {
        IEnumerable<long> seconds = files.Select(file => Path.GetFileName(file).Split('.'))
            .Where(name => name is ["events", "out", "tfevents", { Length: 10 }, ..])
            .Select(name => long.TryParse(name[3], NumberStyles.None, CultureInfo.InvariantCulture, out long second) ? second : 0);
        return DateTimeOffset.FromUnixTimeSeconds(Math.Max(now.ToUnixTimeSeconds(), seconds.DefaultIfEmpty().Max() + 1));
    }

    /// <summary>The keys that a table of runs may compare, with their values.</summary>
    private static Dictionary<string, object> HyperparametersOf(RunConfiguration run)
    {
        Dictionary<string, object> values = [];
        foreach ((string section, JsonNode? node) in (JsonObject)Settings.Root.Write(run))
        {
            if (section is "Data" or "Model" or "Training")
            {
                Add(section, node);
            }
        }

        return values;

        void Add(string key, JsonNode? node)
        {
            switch (node)
            {
                case JsonObject section:
                    foreach ((string name, JsonNode? child) in section)
                    {
                        Add($"{key}:{name}", child);
                    }

                    break;
                case JsonArray list:
                    foreach ((int index, JsonNode? child) in list.Index())
                    {
                        Add($"{key}:{index}", child);
                    }

                    break;
                case JsonValue value:
                    values[key] = value.GetValueKind() switch
                    {
                        JsonValueKind.True => true,
                        JsonValueKind.False => false,
                        JsonValueKind.Number => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture),
                        _ => value.ToString(),
                    };
                    break;
            }
        }
    }

    private void AddFilters(EventSummary summary)
    {
        if (FilterPictures.Of(_material.Network) is { } filters)
        {
            foreach ((int filter, Picture picture) in filters.Draw(filters.Take(_weights.Span)).Index())
            {
                summary.Image($"filters/{filters.Layer}/{filter}", picture);
            }
        }
    }

    private void AddMisread(EventSummary summary, Classifier classifier)
    {
        ImageDataset test = _material.Data.Test;
        (int Image, int Class, float Probability)[] wrong = new (int, int, float)[test.Count];
        Parallel.For(0, test.Count, i =>
        {
            float[] probabilities = new float[classifier.Classes];
            int predicted = classifier.Predict(test.Image(i), probabilities);
            wrong[i] = (i, predicted, probabilities[predicted]);
        });

        IEnumerable<(int, int, float)> shown = wrong.Where(one => one.Class != test.Label(one.Image)).OrderByDescending(one => one.Probability).Take(MaxMisread);
        foreach ((int rank, (int image, int predicted, float probability)) in shown.Index())
        {
            string name = $"misread/{rank + 1:00} {NameOf(test.Label(image))} as {NameOf(predicted)}, {100 * probability:0} %";
            summary.Image(name, Planes.ToPicture(test.Image(image).ToArray(), test.Shape));
        }
    }

    private string NameOf(int label) => _material.Data.ClassNames?[label] ?? $"{label}";

    private void Flush()
    {
        try
        {
            _events.Flush();
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"{_path}: cannot be written after step {_step}: {reason.Message}", reason);
        }
    }
}
