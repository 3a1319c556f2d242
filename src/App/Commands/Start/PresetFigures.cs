using System.Globalization;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Output;

namespace ConvNN.App.Commands.Start;

/// <summary>What a preset achieved: a row of <c>presets.csv</c>, which <c>leaderboard --csv</c> prints.</summary>
/// <param name="Preset">Its name.</param>
/// <param name="Accuracy">Mean accuracy on the test set, a fraction.</param>
/// <param name="Deviation">Its standard deviation over the trials; null for one trial.</param>
/// <param name="Trials">How many seeds were trained.</param>
/// <param name="Seconds">Mean seconds of a run.</param>
internal sealed record PresetFigures(string Preset, double Accuracy, double? Deviation, int Trials, double Seconds)
{
    /// <summary>The file, beside the presets.</summary>
    public const string FileName = "presets.csv";

    /// <summary>The rows by preset; empty if there is no file. A preset that has not been trained has none.</summary>
    /// <exception cref="RunFileException">The file cannot be read, or is not such a file.</exception>
    public static IReadOnlyDictionary<string, PresetFigures> Read()
    {
        string path = Presets.PathTo(FileName);
        return Path.Exists(path) ? Read(path) : new Dictionary<string, PresetFigures>();
    }

    /// <summary>The rows of a file, by preset.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RunFileException">The file cannot be read, or is not such a file.</exception>
    public static IReadOnlyDictionary<string, PresetFigures> Read(string path)
    {
        try
        {
            IReadOnlyList<string[]> lines = Csv.Read(path);
            return lines.Skip(1)
                .Select(cells => Of(lines[0].Zip(cells).ToDictionary()))
                .OfType<PresetFigures>()
                .ToDictionary(row => row.Preset, StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or InvalidDataException or FormatException
            or KeyNotFoundException or ArgumentException)
        {
            string reason = wrong.Message.TrimEnd('.');
            throw new RunFileException($"{path}: is not a table of presets ({reason}); write it again with leaderboard --csv, or remove it.", wrong);
        }
    }

    private static PresetFigures? Of(Dictionary<string, string> row) => row["test_accuracy"].Length == 0 ? null : new(
        row["configuration"],
        Number(row["test_accuracy"]),
        row["test_accuracy_sd"] is { Length: > 0 } deviation ? Number(deviation) : null,
        int.Parse(row["trials"], NumberStyles.None),
        Number(row["seconds"]));

    private static double Number(string text) => double.Parse(text, NumberStyles.Float);
}
