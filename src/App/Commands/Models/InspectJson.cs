using System.Text.Json;
using System.Text.Json.Nodes;
using ConvNN.App.Faults;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Formats;
using ConvNN.Formats.SafeTensors;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Progress;

namespace ConvNN.App.Commands.Models;

/// <summary>The contents of a model, a checkpoint or a run as JSON, with the names that their files have.</summary>
internal static class InspectJson
{
    /// <summary>The document.</summary>
    /// <param name="path">A model file, or the folder of a run or a checkpoint.</param>
    /// <exception cref="ModelFileException">The model is missing or damaged.</exception>
    /// <exception cref="CheckpointException">The checkpoint is damaged.</exception>
    /// <exception cref="RunFileException">A file of the run is damaged.</exception>
    public static string Of(string path) => ReadableJson.Of(InspectReport.Of(path, OfCheckpoint, OfRun, OfModel));

    private static JsonObject OfModel(string path)
    {
        ModelFile model = ModelFile.Load(path);
        return new JsonObject
        {
            ["file"] = path,
            ["bytes"] = new FileInfo(path).Length,
            ["dataset"] = model.Dataset,
            ["normalization"] = $"{model.Subject.Normalization}",
            ["weights_sha256"] = model.WeightsSha256,
            ["model"] = NetworkEvent.Json(model.Network),
            ["tensors"] = List(model.Network.Layout.InFileOrder, parameter =>
            {
                float[] values = InspectReport.ValuesOf(model, parameter);
                return new JsonObject
                {
                    ["tensor"] = parameter.Name,
                    ["shape"] = List(parameter.Dimensions, length => length),
                    ["smallest"] = values.Min(),
                    ["largest"] = values.Max(),
                    ["mean"] = values.Average(),
                };
            }),
        };
    }

    private static JsonObject OfCheckpoint(string path)
    {
        Checkpoint checkpoint = Checkpoint.Open(path);
        CheckpointManifest manifest = checkpoint.Manifest;
        TrainingProgress progress = manifest.Progress;
        return new JsonObject
        {
            ["checkpoint"] = path,
            ["program"] = manifest.Program,
            ["step"] = progress.Step,
            ["epochs"] = progress.Epochs.Count,
            ["images_of_next_epoch"] = progress.Current.Samples,
            ["best_epoch"] = progress.Best?.Epoch,
            ["best_test_accuracy"] = progress.Best?.Test.Accuracy,
            ["weights_sha256"] = manifest.WeightsSha256,
            ["files"] = List(manifest.Files.OrderBy(file => file.Key, StringComparer.Ordinal), file => new JsonObject
            {
                ["file"] = file.Key,
                ["bytes"] = file.Value.Bytes,
                ["sha256"] = file.Value.Sha256,
                ["tensors"] = file.Value.Tensors.Count,
            }),
            ["configuration"] = Texts(manifest.Run.Configuration),
            ["dataset"] = Texts(manifest.Run.Dataset),
            ["saved_model"] = manifest.HasState ? OfModel(checkpoint.ModelPath) : null,
        };
    }

    private static JsonObject OfRun(string path)
    {
        RunRecord record = RunRecord.Read(path);
        string checkpoints = Path.Combine(path, CheckpointStore.DefaultName);
        string model = Path.Combine(path, ModelFile.DefaultName);
        return new JsonObject
        {
            ["run"] = path,
            ["resume"] = InspectReport.ResumeOf(path, record),
            ["record"] = JsonSerializer.SerializeToNode(record, RunRecordJson.Default.RunRecord),
            ["history"] = List(HistoryReader.ReadRows(Path.Combine(path, HistoryFile.Name)), row => Field.ObjectOf(
                HistoryFile.Header.Split(',').Except(["dataset", "limit"]).Select(column => new Field(column, column == "weights_sha256" ? row.WeightsSha256 : row[column])))),
            ["checkpoints"] = List(CheckpointStore.Names(checkpoints), name => Path.Combine(checkpoints, name.ToString())),
            ["saved_model"] = File.Exists(model) ? OfModel(model) : null,
        };
    }

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> of) => new([.. items.Select(of)]);

    private static JsonObject Texts(IEnumerable<KeyValuePair<string, string>> texts) =>
        new(texts.Select(text => KeyValuePair.Create(text.Key, (JsonNode?)text.Value)));
}
