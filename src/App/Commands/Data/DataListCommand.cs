using System.Text.Json.Nodes;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Output;
using ConvNN.Data;
using ConvNN.Data.Cache;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Commands.Data;

/// <summary><c>convnn data list</c>: lists the known datasets, and how much of each is in the cache.</summary>
/// <param name="request">Whether to print JSON.</param>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="output">Where it prints.</param>
internal sealed class DataListCommand(DataRequest request, ConfigurationSources sources, LineWriter output) : ICommand
{
    private const string None = "–";

    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        RunConfiguration run = ConfigurationReader.Read(sources);
        List<CachedDataset> all = [];
        foreach (PublishedDataset dataset in PublishedDataset.All)
        {
            all.Add(await DatasetCache.InspectAsync(run.Data with { Dataset = dataset.Name }, cancellationToken));
        }

        foreach (string line in request.IsJson ? Json(all).Split('\n') : Lines(all))
        {
            output.Write(line);
        }

        return ExitCode.Done;
    }

    private static string WordOf(CacheState state) => state switch
    {
        CacheState.Whole => "yes",
        CacheState.InPart => "in part",
        CacheState.Damaged => "damaged",
        CacheState.Embedded => "built in",
        _ => "no",
    };

    private IEnumerable<string> Lines(List<CachedDataset> all)
    {
        bool isNarrow = output.Terminal is { } terminal && Table(hasFolder: true).Width > terminal.Columns;
        foreach ((int row, string line) in Table(hasFolder: !isNarrow).Lines().Index())
        {
            yield return line;

            // A folder that would not fit gets a separate line.
            if (isNarrow && row > 0 && all[row - 1].Folder is { } folder)
            {
                yield return $"  {folder}";
            }
        }

        foreach (string damage in all.SelectMany(cached => cached.Damage))
        {
            yield return $"damaged: {damage}";
        }

        if (all.FirstOrDefault(cached => cached.MissingBytes > 0) is { } missing)
        {
            yield return $"To fetch one: {Invocation.Of($"data get {missing.Dataset.Name}")}";
        }

        TextTable Table(bool hasFolder)
        {
            TextColumn[] columns = [Word("dataset"), new("train"), new("test"), new("in cache"), new("size"), new("to fetch"), Word("folder")];
            return new TextTable(hasFolder ? columns : columns[..^1]).AddAll(all.Select(cached => (string[])
            [
                cached.Dataset.Name,
                Count(cached.Dataset.Outline.TrainCount),
                Count(cached.Dataset.Outline.TestCount),
                WordOf(cached.State),
                Size(cached.Bytes),
                Size(cached.MissingBytes),
                .. hasFolder ? [cached.Folder ?? None] : Array.Empty<string>(),
            ]));
        }
    }

    private static string Count(int images) => images.ToString("N0");

    private static string Size(long bytes) => bytes == 0 ? None : $"{bytes / 1e6:0.0} MB";

    private static string Json(IReadOnlyList<CachedDataset> all) => ReadableJson.Of(new JsonArray([.. all.Select(cached => (JsonNode)new JsonObject
    {
        ["name"] = cached.Dataset.Name,
        ["train_images"] = cached.Dataset.Outline.TrainCount,
        ["test_images"] = cached.Dataset.Outline.TestCount,
        ["classes"] = cached.Dataset.Classes,
        ["in_cache"] = WordOf(cached.State),
        ["bytes"] = cached.Bytes,
        ["bytes_to_fetch"] = cached.MissingBytes,
        ["folder"] = cached.Folder,
        ["damage"] = new JsonArray([.. cached.Damage.Select(damage => (JsonNode)damage)]),
    })]));
}
