using System.Text.Json.Nodes;
using ConvNN.App.Configuration;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Data;

namespace ConvNN.App.Runs;

/// <summary>
/// The head of a printed report: data, network and training, in lines of 80 columns. It does not depend on the number of
/// workers.
/// </summary>
internal static class LessonHead
{
    private const int Width = 80;

    /// <summary>The lines.</summary>
    /// <param name="run">The configuration.</param>
    /// <param name="file">The configuration file.</param>
    /// <param name="material">Data and network.</param>
    public static IEnumerable<string> Lines(RunConfiguration run, string file, RunMaterial material)
    {
        DatasetPair data = material.Data;
        string name = data.IsSample ? DataEvent.SampleLabel : data.Name;
        IEnumerable<string> names = material.Network.Blocks.Select(block => block.Name);
        yield return $"convnn {Machine.Version} · {file}";
        yield return $"data    {name}: {data.Train.Count:N0} train, {data.Test.Count:N0} test, {data.Train.Shape}, {data.Train.Classes} classes";
        if (data is { IsSample: true, FallbackReason: { } reason })
        {
            yield return $"WARNING MNIST is not available, so this uses the embedded sample: {reason}";
        }

        foreach (string line in Wrap([$"model   {run.Name}:", .. names, $"· {material.Network.Layout.ParameterCount:N0} parameters"]))
        {
            yield return line;
        }

        yield return $"train   {run.Training.Optimizer}, rate {run.Training.LearningRate}, {run.Training.Loss}, batch {run.Training.BatchSize}, seed {run.Training.Seed}";
    }

    /// <summary>The same as an object of JSON, to which a command adds its results.</summary>
    /// <param name="run">The configuration.</param>
    /// <param name="file">The configuration file.</param>
    /// <param name="material">Data and network.</param>
    public static JsonObject Json(RunConfiguration run, string file, RunMaterial material) => new()
    {
        ["version"] = Machine.Version,
        ["configuration"] = file,
        ["name"] = run.Name,
        ["warning"] = material.Data.FallbackReason,
        ["data"] = Field.ObjectOf(DataEvent.Of(material.Data, material.Available).Fields.Where(field => !field.Key.StartsWith("download_", StringComparison.Ordinal))),
        ["model"] = NetworkEvent.Json(material.Network),
        ["train"] = new JsonObject
        {
            ["optimizer"] = $"{run.Training.Optimizer}",
            ["learning_rate"] = run.Training.LearningRate,
            ["loss"] = $"{run.Training.Loss}",
            ["batch_size"] = run.Training.BatchSize,
            ["seed"] = run.Training.Seed,
        },
    };

    private static IEnumerable<string> Wrap(IEnumerable<string> words)
    {
        string line = "";
        foreach (string word in words)
        {
            if (line.Length + 1 + word.Length > Width)
            {
                yield return line;
                line = new string(' ', 7);
            }

            line += line.Length == 0 ? word : $" {word}";
        }

        yield return line;
    }
}
