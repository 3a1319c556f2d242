using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using ConvNN.App.Commands.Bench;
using ConvNN.App.Log.Events;
using ConvNN.App.Runs;
using ConvNN.App.Tests.Architecture;
using ConvNN.App.Tests.Log;
using ConvNN.Formats;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Pictures;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>docs/files.md has a line for each field that is written, and none for others: what commands really write is compared with its tables.</summary>
[Collection(ProgramCollection.Name)]
public sealed partial class FilesPageTests : IDisposable
{
    private const string Halving = "sweep --vary Training:LearningRate=0.1,0.05 --halving --set Data:Validation=0.1 --limit 200 -e 2 -o sweep";

    // Their parts are written instead of the first two, and only a terminal shows the last.
    private static readonly string[] Unwritten = ["layers", "table", "sweep_status"];

    private static readonly Dictionary<string, List<string[]>> Tables = ReadTables();

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fields_OfFilesAndJson_AreThoseOfThePage()
    {
        await RunAsync("--limit 200 -e 1 --set Data:Validation=0.1 --set Output:StepEvery=10 --set Output:TensorBoard=true -o runs/first");
        await RunAsync(Halving);
        byte[] white = [.. Enumerable.Repeat((byte)255, 28 * 28)];
        foreach (string part in (string[])["train/a", "train/b", "test/a", "test/b"])
        {
            Directory.CreateDirectory(_folder[$"pictures/{part}"]);
            File.WriteAllBytes(_folder[$"pictures/{part}/0.png"], PngWriter.Write(new Picture(28, 28, 1, white)));
        }

        JsonNode checkpoint = await JsonAsync("inspect runs/first/checkpoints/latest");
        Dictionary<string, IEnumerable<string>> written = new()
        {
            ["run.json"] = NamesOf(RunRecordJson.Default.RunRecord),
            ["history.csv"] = ColumnsOf(_folder["runs/first/history.csv"]),
            ["steps.csv"] = ColumnsOf(_folder["runs/first/steps.csv"]),
            ["tensorboard"] = TensorBoardTests.TagsOf(Directory.GetFiles(_folder["runs/first/tensorboard"]).Single()).Select(tag => LayersOf().Replace(GroupsOf().Replace(tag, "$1/*"), "LAYER/")),
            ["model.safetensors"] = Metadata(),
            ["manifest.json"] = NamesOf(JsonNode.Parse(File.ReadAllText(_folder[$"{checkpoint["checkpoint"]}/manifest.json"]))),
            ["sweep.csv"] = ColumnsOf(_folder["sweep/sweep.csv"]),
            ["presets.csv"] = [.. ColumnsOf(Path.Combine(Repository.Root, "config", "presets.csv")), .. (await RunAsync($"{Halving} --csv")).Split('\n')[0].Trim().Split(',')],
            ["evaluate"] = NamesOf(await JsonAsync("evaluate")),
            ["predict"] = NamesOf(await JsonAsync("predict pictures/test/a/0.png")),
            ["inspect"] = [.. NamesOf(await JsonAsync("inspect")), .. NamesOf(checkpoint), .. NamesOf(await JsonAsync("inspect runs/first/model.safetensors"))],
            ["runs"] = [.. NamesOf(await JsonAsync("runs")), .. (await RunAsync("runs --csv")).Split('\n')[0].Trim().Split(',')],
            ["trace"] = NamesOf(await JsonAsync("trace --step 1 --limit 100")),
            ["check-gradients"] = NamesOf(await JsonAsync("check-gradients")),
            ["find-lr"] = NamesOf(await JsonAsync("find-lr --limit 200")),
            ["sweep"] = NamesOf(await JsonAsync(Halving)),
            ["presets"] = NamesOf(await JsonAsync("presets")),
            ["data list"] = NamesOf(await JsonAsync("data list")),
            ["data check"] = NamesOf(await JsonAsync("data check pictures")),
            ["bench"] = NamesOf(BenchRecordJson.Default.BenchRecord),
        };

        string[] wrong = [.. written.SelectMany(table => Differences(table.Key, table.Value, Named(table.Key)))];

        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
        Assert.Equal([.. written.Keys.Append("log.txt").Order(StringComparer.Ordinal)], Tables.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Fields_OfTheLog_AreThoseOfThePage()
    {
        string[] lines =
        [
            .. (await RunAsync("--dry-run --log-format json")).Split('\n'),
            .. (await RunAsync($"{Halving} --log-format json")).Split('\n'),
            .. (await RunAsync($"{Halving}-kept --keep best --log-format json")).Split('\n'),
            .. (await RunAsync("--limit 200 -e 1 --set Data:Validation=0.1 --log-format json -o out")).Split('\n'),
        ];
        IEnumerable<(string Word, IReadOnlyList<string> Keys)> shown = lines.Where(line => line.Length > 0)
            .Select(line => JsonNode.Parse(line)!.AsObject())
            .Select(line => ((string)line["event"]!, (IReadOnlyList<string>)[.. line.Select(field => field.Key).Except(["time", "event"])]));
        IEnumerable<(string Word, IReadOnlyList<string> Keys)> made = RunEvents.Of(isSample: true)
            .SelectMany(what => what.Parts)
            .Where(what => what is not TextEvent)       // their sentences there are not the program's
            .Select(what => (what.Word, (IReadOnlyList<string>)[.. what.Fields.Select(field => field.Key)]));
        Dictionary<string, string[]> written = EventSource.All().Concat(made).Concat(shown)
            .Where(what => !Unwritten.Contains(what.Word))
            .GroupBy(what => what.Word)
            .ToDictionary(places => places.Key, places => places.SelectMany(place => place.Keys).Distinct().ToArray());
        Dictionary<string, string[]> page = Tables["log.txt"].ToDictionary(row => Code(row[0]).Single(), row => Code(row[2]).ToArray());

        string[] wrong =
        [
            .. written.Keys.Except(page.Keys).Select(word => $"log.txt: '{word}' is written, but has no line in docs/files.md"),
            .. page.Keys.Except(written.Keys).Select(word => $"log.txt: '{word}' has a line in docs/files.md, but is not written"),
            .. page.Keys.Intersect(written.Keys).SelectMany(word => Differences(
                $"log.txt, {word}",
                written[word].Length == 0 ? ["text"] : written[word],
                page[word].Where(name => !IsFile(name)),
                page[word].Where(IsFile).SelectMany(Named))),
        ];

        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Lines_OfThePage_AllHaveAMeaning() =>
        Assert.All(Tables.Values.SelectMany(rows => rows), row => Assert.All(row, cell => Assert.NotEmpty(cell)));

    /// <summary>Names that are written and not on the page, and the other way round.</summary>
    private static IEnumerable<string> Differences(string table, IEnumerable<string> written, IEnumerable<string> named, IEnumerable<string>? alsoNamed = null)
    {
        // The keys of a configuration may be anything.
        string[] all = [.. written.Where(name => !name.Contains(':', StringComparison.Ordinal) || name.Contains('.', StringComparison.Ordinal)).Distinct()];
        string[] lines = [.. named];
        return all.Where(name => !lines.Concat(alsoNamed ?? []).Any(line => Covers(line, name))).Select(name => $"{table}: '{name}' is written, but has no line in docs/files.md")
            .Concat(lines.Where(line => !all.Any(name => Covers(line, name))).Select(line => $"{table}: '{line}' has a line in docs/files.md, but is not written"));
    }

    /// <summary>Whether the line of an event refers to the table of a file, whose columns it has.</summary>
    private static bool IsFile(string name) => name.EndsWith(".csv", StringComparison.Ordinal);

    // An object or a list that happens to be null or empty has no fields to see.
    private static bool Covers(string line, string name) =>
        line == name || (line.EndsWith(".*", StringComparison.Ordinal) && (name == line[..^2] || name.StartsWith(line[..^1], StringComparison.Ordinal)));

    private static string[] ColumnsOf(string file) => File.ReadLines(file).First().Split(',');

    /// <summary>The paths of the values in a document; lists add nothing to them.</summary>
    private static IEnumerable<string> NamesOf(JsonNode? node, string path = "") => node switch
    {
        JsonObject fields when fields.Count > 0 => fields.SelectMany(field => NamesOf(field.Value, path.Length == 0 ? field.Key : $"{path}.{field.Key}")),
        JsonArray { Count: > 0 } items => items.SelectMany(item => NamesOf(item, path)),
        _ => [path],
    };

    /// <summary>The same of a type, so that none is missing because it is null here.</summary>
    private static IEnumerable<string> NamesOf(JsonTypeInfo type, string path = "") => type.Kind switch
    {
        JsonTypeInfoKind.Object => type.Properties.SelectMany(field => NamesOf(
            type.Options.GetTypeInfo(Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType), path.Length == 0 ? field.Name : $"{path}.{field.Name}")),
        JsonTypeInfoKind.Enumerable => NamesOf(type.Options.GetTypeInfo(type.ElementType!), path),
        _ => [path],
    };

    /// <summary>The keys in the header of a model with named classes.</summary>
    private static IEnumerable<string> Metadata()
    {
        using MemoryStream stream = new();
        Network network = new NetworkBuilder(Shape.Vector(4)).Dense(units: 2, activation: Activation.Softmax).Build();
        ModelFile.Write(stream, network, network.Layout.Initialize(1), new ModelSubject("d") { ClassNames = ["a", "b"] });
        ReadOnlySpan<byte> bytes = stream.ToArray();
        using JsonDocument header = JsonDocument.Parse(bytes.Slice(8, (int)BitConverter.ToInt64(bytes)).ToArray());
        return [.. header.RootElement.GetProperty("__metadata__").EnumerateObject().Select(key => key.Name)];
    }

    /// <summary>The rows of each table, by the heading before it.</summary>
    private static Dictionary<string, List<string[]>> ReadTables()
    {
        Dictionary<string, List<string[]>> tables = [];
        string heading = "";
        foreach (string line in new MarkdownPage(Path.Combine("docs", "files.md")).Lines)
        {
            if (line.StartsWith('#'))
            {
                heading = line.TrimStart('#').Trim();
            }
            else if (line.StartsWith("| `", StringComparison.Ordinal))
            {
                tables.TryAdd(heading, []);
                tables[heading].Add([.. line.Trim('|').Split('|').Select(cell => cell.Trim())]);
            }
        }

        return tables;
    }

    private static IEnumerable<string> Named(string table) => Tables.GetValueOrDefault(table, []).SelectMany(row => Code(row[0]));

    private static IEnumerable<string> Code(string cell) => InCode().Matches(cell).Select(match => match.Groups[1].Value);

    private async Task<JsonNode> JsonAsync(string command) => JsonNode.Parse(await RunAsync($"{command} --json"))!;

    private async Task<string> RunAsync(string command)
    {
        (int exitCode, string output, string error) = await ProgramRun.RunAsync(_folder, command.Split(' '));
        Assert.True(exitCode == 0 || command.StartsWith("data check", StringComparison.Ordinal), $"{command}: {error}");
        return output;
    }

    // Groups whose tags end in what a run makes of them, and names of layers.
    [GeneratedRegex("^(loss|accuracy|step|misread|_hparams_|filters/[^/]+)/.*")]
    private static partial Regex GroupsOf();

    [GeneratedRegex("(conv|dense)[0-9]/")]
    private static partial Regex LayersOf();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InCode();
}
