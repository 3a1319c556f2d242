using System.Text.Json.Nodes;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Output;
using ConvNN.Data.Images;
using ConvNN.Files;

namespace ConvNN.App.Commands.Data;

/// <summary><c>convnn data check</c>: reads every picture of a folder, and says what is in it and what is wrong.</summary>
/// <param name="request">The folder, and what to write.</param>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="output">Where it prints.</param>
internal sealed class DataCheckCommand(DataRequest request, ConfigurationSources sources, LineWriter output) : ICommand
{
    // Of more findings of a kind, the others are counted; JSON has them all.
    private const int MostLines = 10;

    private const int Margin = 12;

    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        RunConfiguration run = ConfigurationReader.Read(sources);
        string folder = (request.Names is [string named, ..] ? named : run.Data.Directory)
            ?? throw new UsageException("data check needs a folder of pictures: name one, or set Data:Directory.");
        PictureCheck check = await Task.Run(() => PictureCheck.Of(folder, cancellationToken), cancellationToken);
        foreach (string line in request.IsJson ? Json(check).Split('\n') : Lines(check))
        {
            output.Write(line);
        }

        if (request.Page is { } page)
        {
            Save(page, new DataCheckPage(check).Html());
        }

        return check.IsSound ? ExitCode.Done : ExitCode.Dataset;
    }

    private static IEnumerable<string> Lines(PictureCheck check)
    {
        yield return Line("folder", $"{check.Directory}: {Figures.Plural(check.Pictures.Count, "picture")}, {check.Classes.Count} classes");
        TextTable table = TextTable.OfFigures(["class", .. PictureCheck.Parts]);
        table.AddAll(check.Classes.Select(name => (string[])[name, .. PictureCheck.Parts.Select(part => $"{check.Pictures.Count(picture => picture.Part == part && picture.Class == name):N0}")]));
        foreach (string line in table.Lines())
        {
            yield return line;
        }

        yield return Line("sizes", DataCheckPage.Sizes(check));
        foreach (string line in Findings("unreadable", [.. check.Unreadable.Select(picture => picture.Fault!)]))
        {
            yield return line;
        }

        foreach (string line in Findings("duplicates", [.. check.Duplicates.Select(same => string.Join(" = ", same.Select(picture => picture.Name)))]))
        {
            yield return line;
        }

        string[] contradictions = [.. check.Contradictions.Select(same => string.Join(", ", same.Select(picture => $"{picture.Name} as {picture.Class}")))];
        foreach (string line in contradictions.Length == 0 ? [] : Findings("two classes", contradictions))
        {
            yield return line;
        }

        if (check.NotTrained.ToArray() is { Length: > 0 } missing)
        {
            yield return Line("no training", $"{string.Join(", ", missing)}: a class needs pictures for training");
        }

        if (check.LeftOut is { } others)
        {
            yield return Line("others", others);
        }

        yield return Line("result", check.IsSound ? "a run can train on it" : "a run would refuse it: mend what is listed above");
    }

    private static IEnumerable<string> Findings(string word, string[] all)
    {
        if (all.Length == 0)
        {
            yield return Line(word, "none");
        }

        foreach ((int index, string finding) in all.Take(MostLines).Index())
        {
            yield return Line(index == 0 ? word : "", finding);
        }

        if (all.Length > MostLines)
        {
            yield return Line("", $"and {all.Length - MostLines:N0} more; --json lists them all");
        }
    }

    private static string Line(string word, string text) => Fold.Plain($"{word.PadRight(Margin)}{text}");

    private static string Json(PictureCheck check) => ReadableJson.Of(new JsonObject
    {
        ["folder"] = check.Directory,
        ["sound"] = check.IsSound,
        ["classes"] = new JsonArray([.. check.Classes.Select(name => (JsonNode)name)]),
        ["not_trained"] = new JsonArray([.. check.NotTrained.Select(name => (JsonNode)name)]),
        ["duplicates"] = new JsonArray([.. check.Duplicates.Select(same => (JsonNode)new JsonArray([.. same.Select(picture => (JsonNode)picture.Name)]))]),
        ["left_out"] = check.LeftOut,
        ["pictures"] = new JsonArray([.. check.Pictures.Select(picture => (JsonNode)new JsonObject
        {
            ["file"] = picture.Name,
            ["part"] = picture.Part,
            ["class"] = picture.Class,
            ["width"] = picture.Width,
            ["height"] = picture.Height,
            ["channels"] = picture.Channels,
            ["sha256"] = picture.Sha256.Length > 0 ? picture.Sha256 : null,
            ["fault"] = picture.Fault,
        })]),
    });

    private void Save(string path, string html)
    {
        OutputException.Guard(path, () => AtomicFile.Write(path, html));

        if (!request.IsJson)
        {
            output.Write(Line("saved", $"{path}: open it in a browser"));
        }
    }
}
