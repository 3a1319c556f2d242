using System.Text.Encodings.Web;
using System.Text.Json;
using ConvNN.App.Configuration;
using ConvNN.Data;
using ConvNN.Files;

namespace ConvNN.App.Runs;

/// <summary><c>config.json</c>: the configuration that reproduces the weights of a run, in the form that <c>--config</c> takes.</summary>
internal static class ResolvedConfiguration
{
    /// <summary>Its name in the run's folder.</summary>
    public const string Name = "config.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// A run's configuration as resolved: the dataset that <c>auto</c> selected and the absolute path of its folder and of the weights it began with, so that it
    /// can be read from anywhere; no output folder, since that one is taken; and no page, which somebody has to ask for who then looks at it.
    /// </summary>
    /// <param name="run">The configuration.</param>
    /// <param name="data">The selected dataset.</param>
    public static RunConfiguration Of(RunConfiguration run, DatasetPair data) => run with
    {
        Output = run.Output with { Directory = null },
        Dashboard = new DashboardOptions(),
        Weights = run.Weights is { } weights ? Path.GetFullPath(weights) : null,
        Data = run.Data with
        {
            Dataset = data.IsAsPublished ? data.Name : run.Data.Dataset,
            Directory = run.Data.Directory is { } directory ? Path.GetFullPath(directory) : null,
        },
    };

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="run">The configuration.</param>
    /// <param name="data">The selected dataset.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, RunConfiguration run, DatasetPair data)
    {
        string json = Settings.Root.Write(Of(run, data)).ToJsonString(Indented) + "\n";
        AtomicFile.Write(path, json);
    }
}
