using ConvNN.App.Faults;
using ConvNN.App.Log.Drawing;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Formats;
using ConvNN.Formats.SafeTensors;
using ConvNN.Model.Parameters;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Progress;
using static ConvNN.App.Output.Figures;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Commands.Models;

/// <summary>The contents of a model, a checkpoint or a run, in readable form.</summary>
internal static class InspectReport
{
    private const int Columns = 120;

    /// <summary>The lines.</summary>
    /// <param name="path">A model file, or the folder of a run or a checkpoint.</param>
    /// <param name="width">The maximum width of a table's line.</param>
    /// <exception cref="ModelFileException">The model is missing or damaged.</exception>
    /// <exception cref="CheckpointException">The checkpoint is damaged.</exception>
    /// <exception cref="RunFileException">A file of the run is damaged.</exception>
    public static IEnumerable<string> Lines(string path, int width) => Of(path, place => OfCheckpoint(place, width), place => OfRun(place, width), place => OfModel(place, width));

    /// <summary>What is made of a path, by what is there.</summary>
    /// <param name="path">A model file, or the folder of a run or a checkpoint.</param>
    /// <param name="ofCheckpoint">Takes the folder of a checkpoint.</param>
    /// <param name="ofRun">Takes the folder of a run.</param>
    /// <param name="ofModel">Takes a model file.</param>
    /// <exception cref="ModelFileException">There is no model.</exception>
    public static T Of<T>(string path, Func<string, T> ofCheckpoint, Func<string, T> ofRun, Func<string, T> ofModel) =>
        CheckpointStore.Follow(path) is var place && Path.Exists(Path.Combine(place, CheckpointManifest.Name)) ? ofCheckpoint(place)
        : Path.Exists(Path.Combine(place, RunRecord.Name)) ? ofRun(place)
        : ofModel(ModelLocation.Find(place).Path);

    /// <summary>The values of a tensor, in the order of files.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parameter">The tensor.</param>
    public static float[] ValuesOf(ModelFile model, Parameter parameter) =>
        [.. Enumerable.Range(0, parameter.Rows).SelectMany(row => parameter.Row(model.Weights.Span, row).ToArray())];

    /// <summary>The command that resumes a run; null unless it was killed.</summary>
    /// <param name="path">The folder of the run.</param>
    /// <param name="record">Its record.</param>
    public static string? ResumeOf(string path, RunRecord record) => record.Result.Outcome == ResultRecord.Interrupted ? Invocation.Resuming(path) : null;

    private static IEnumerable<string> OfModel(string path, int width)
    {
        ModelFile model = ModelFile.Load(path);
        yield return $"file    {path}: {new FileInfo(path).Length:N0} bytes, safetensors";
        yield return $"trained on {model.Dataset}; pixels are taken as {model.Subject.Normalization}";
        yield return $"weights {model.WeightsSha256}";
        TextTable tensors = new(Word("tensor"), Word("shape"), new("smallest"), new("largest"), new("mean"));
        foreach (Parameter parameter in model.Network.Layout.InFileOrder)
        {
            float[] values = ValuesOf(model, parameter);
            tensors.Add(parameter.Name, string.Join('×', parameter.Dimensions), $"{values.Min():g4}", $"{values.Max():g4}", $"{values.Average():g4}");
        }

        foreach (string line in NetworkTable.Lines("", model.Network, Math.Min(Columns, width)).Concat(tensors.Lines(width)))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> OfCheckpoint(string path, int width)
    {
        Checkpoint checkpoint = Checkpoint.Open(path);
        CheckpointManifest manifest = checkpoint.Manifest;
        TrainingProgress progress = manifest.Progress;
        string current = progress.Current.Samples == 0 ? "" : $", and {progress.Current.Samples:N0} images of the next";
        yield return $"checkpoint {path}: intact, written by version {manifest.Program}";
        yield return $"step    {progress.Step:N0}, after {Untied(Plural(progress.Epochs.Count, "epoch"))}{current}";
        if (progress.Best is { } best)
        {
            yield return Untied($"best    epoch {best.Epoch}: {Percent(best.Test.Accuracy)}");
        }

        yield return manifest.HasState ? $"weights {manifest.WeightsSha256}" : "weights none: metadata alone";
        foreach ((string name, CheckpointFile file) in manifest.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            yield return $"  {name}: {file.Bytes:N0} bytes, {file.Tensors.Count} tensors, SHA-256 {file.Sha256}";
        }

        foreach ((string key, string value) in manifest.Run.Configuration.Concat(manifest.Run.Dataset))
        {
            yield return $"  {key} = {value}";
        }

        if (manifest.HasState)
        {
            foreach (string line in OfModel(checkpoint.ModelPath, width))
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> OfRun(string path, int width)
    {
        RunRecord record = RunRecord.Read(path);
        yield return $"run     {path}: {record.Result.Outcome}{(record.Result.StoppedBy is { } signal ? $" by {signal}" : "")}, {Untied(Plural(record.Result.Epochs, "epoch"))}";
        if (ResumeOf(path, record) is { } resume)
        {
            yield return $"resume  {resume}";
        }

        yield return $"when    {record.StartedUtc:u} to {(record.EndedUtc is { } end ? $"{end:u}" : "–")}";
        yield return $"where   {record.Version}, {record.Runtime}, {record.OperatingSystem}, {record.Architecture}, {Untied(Plural(record.Cores, "core"))}, {record.Kernels}, {Untied(Plural(record.Workers, "worker"))}";
        yield return $"data    {record.Dataset.Name}: {record.Dataset.Train:N0} train, {(record.Dataset.Validation == 0 ? "" : $"{record.Dataset.Validation:N0} validation, ")}{record.Dataset.Test:N0} test; from {record.Dataset.Source}";
        IReadOnlyList<HistoryRow> history = HistoryReader.ReadRows(Path.Combine(path, HistoryFile.Name));
        bool isValidated = history.Any(row => row["validation_loss"] is not null);
        TextColumn[] validation = isValidated ? [new("val loss"), new("val acc")] : [];
        TextColumn[] best = isValidated ? [Word("")] : [];
        TextTable epochs = new([new("epoch"), new("train loss"), new("train acc"), .. validation, new("test loss"), new("test acc"), new("images/s") { Goes = 1 }, Word("weights"), .. best]);
        epochs.AddAll(history.Select(row => (string[])
        [
            $"{row.Epoch}", $"{row["train_loss"]:0.0000}", $"{100 * row["train_accuracy"]:0.00}",
            .. isValidated ? [$"{row["validation_loss"]:0.0000}", $"{100 * row["validation_accuracy"]:0.00}"] : (string[])[],
            $"{row["test_loss"]:0.0000}", $"{100 * row["test_accuracy"]:0.00}", $"{row["images_per_second"]:N0}", row.WeightsSha256[..12],
            .. isValidated ? [row.Epoch == record.Result.BestEpoch ? "the model" : ""] : (string[])[],
        ]));
        foreach (string line in epochs.Lines(width))
        {
            yield return line;
        }

        string checkpoints = Path.Combine(path, CheckpointStore.DefaultName);
        foreach (CheckpointName name in CheckpointStore.Names(checkpoints))
        {
            yield return $"checkpoint {Path.Combine(checkpoints, name.ToString())}";
        }

        string model = Path.Combine(path, ModelFile.DefaultName);
        if (File.Exists(model))
        {
            foreach (string line in OfModel(model, width))
            {
                yield return line;
            }
        }
    }
}
