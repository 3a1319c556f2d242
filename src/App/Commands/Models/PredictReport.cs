using System.Text.Json.Nodes;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Files;
using ConvNN.Formats;
using ConvNN.Model;
using ConvNN.Pictures;
using ConvNN.Pictures.Formats;
using static ConvNN.App.Output.Figures;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Commands.Models;

/// <summary>Predictions for pictures, which are prepared and shown, and for IDX files, whose images are used as they are.</summary>
/// <param name="model">The model.</param>
/// <param name="files">The files, and folders of pictures.</param>
internal sealed class PredictReport(ModelLocation model, IReadOnlyList<string> files)
{
    // How gzip and IDX files of bytes begin; no picture does.
    private static readonly byte[][] IdxMagic = [[0x1F, 0x8B], [0, 0, 8]];

    private readonly Classifier _classifier = Classifier.Load(model.Path);

    private Shape Shape => _classifier.Network.Input;

    /// <summary>An image with its prediction.</summary>
    private sealed record Answer(string File, int Index, byte[] Values, IReadOnlyList<string> Changes, Prediction Prediction)
    {
        /// <summary>Whether it is a picture, with a file of its own.</summary>
        public bool IsPicture { get; init; }
    }

    /// <summary>The lines: a picture as the network sees it, with all probabilities; an IDX image on one line.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"model   {model.Path}";
        foreach (Answer answer in Answers())
        {
            string changes = answer.Changes.Count == 0 ? "" : $"; {string.Join(", ", answer.Changes)}";
            string name = answer.IsPicture ? answer.File : $"{answer.File}[{answer.Index}]";
            yield return Untied($"{name}: {_classifier.NameOf(answer.Prediction.Class)}, {Percent(answer.Prediction.Probability)}{changes}");
            if (!answer.IsPicture)
            {
                continue;
            }

            string[] picture = [.. CharacterPicture.Lines(answer.Values, Shape)];
            IReadOnlyList<float> probabilities = answer.Prediction.Probabilities;
            TextTable table = new(Word(""), new("") { Width = 3 }, new("") { Width = 8 }) { HasTitles = false, Margin = 2 };
            table.AddAll(Enumerable.Range(0, Math.Max(picture.Length, probabilities.Count)).Select(i => (string[])
            [
                picture.ElementAtOrDefault(i) ?? "",
                .. i < probabilities.Count ? [_classifier.NameOf(i), Percent(probabilities[i])] : (string[])["", ""],
            ]));
            foreach (string line in table.Lines())
            {
                yield return line;
            }
        }
    }

    /// <summary>The same as JSON: a list with an object for each image.</summary>
    public string Json() => new JsonArray([.. Answers().Select(answer => (JsonNode)new JsonObject
    {
        ["file"] = answer.File,
        ["index"] = answer.Index,
        ["class"] = answer.Prediction.Class,
        ["name"] = _classifier.ClassNames?[answer.Prediction.Class],
        ["probabilities"] = new JsonArray([.. answer.Prediction.Probabilities.Select(probability => (JsonNode)probability)]),
        ["changes"] = new JsonArray([.. answer.Changes.Select(change => (JsonNode)change)]),
    })]).ToJsonString();

    private IEnumerable<Answer> Answers() => files.SelectMany(path => Directory.Exists(path) ? PicturesIn(path) : [path])
        .SelectMany(file => IsIdx(file) ? OfIdx(file) : [OfPicture(file)]);

    /// <summary>The pictures in a folder and its subfolders.</summary>
    private static string[] PicturesIn(string folder)
    {
        string[] pictures =
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => PictureFile.IsOne(file))
                .Order(StringComparer.Ordinal),
        ];
        return pictures.Length > 0 ? pictures : throw new DatasetException($"{folder}: has no pictures ({string.Join(", ", PictureFile.Extensions)}); name files, or another folder.");
    }

    private Answer OfPicture(string file)
    {
        PreparedPicture picture = _classifier.Prepare(PictureFile.Read(file));
        return new Answer(file, 0, picture.Values, picture.Changes, _classifier.Predict(picture.Values)) { IsPicture = true };
    }

    private IEnumerable<Answer> OfIdx(string file)
    {
        IdxArray stored = IdxFile.Read(file, IdxContent.Images);
        IdxArray images = IdxFile.IsStoredByColumn(file) ? stored.Transposed() : stored;
        Shape shape = images.Dimensions is [_, int height, int width]
            ? Shape.Image(1, height, width)
            : Shape.Image(images.Dimensions[1], images.Dimensions[2], images.Dimensions[3]);
        if (shape != Shape)
        {
            throw new DatasetException($"{file}: has images of {shape}, the network takes {Shape}; give pictures, which are prepared.");
        }

        for (int i = 0; i < images.Dimensions[0]; i++)
        {
            byte[] values = images.Data.Slice(i * shape.Count, shape.Count).ToArray();
            yield return new Answer(file, i, values, [], _classifier.Predict(values));
        }
    }

    private static bool IsIdx(string file) => RegularFile.Read(
        file,
        (stream, _) =>
        {
            Span<byte> start = stackalloc byte[IdxMagic.Max(magic => magic.Length)];
            int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            return StartsWithAny(start[..length]);
        },
        (message, cause) => new PictureException(message, cause));

    private static bool StartsWithAny(ReadOnlySpan<byte> start)
    {
        foreach (byte[] magic in IdxMagic)
        {
            if (start.StartsWith(magic))
            {
                return true;
            }
        }

        return false;
    }
}
