using System.Text.Json.Nodes;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Data.Images;
using ConvNN.Formats;
using ConvNN.Model;
using static ConvNN.App.Output.Figures;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Commands.Models;

/// <summary>Predictions for PNG and PGM files, which are fitted and shown, and for IDX files, whose images are used as they are.</summary>
/// <param name="model">The model.</param>
/// <param name="files">The files.</param>
internal sealed class PredictReport(ModelLocation model, IReadOnlyList<string> files)
{
    private static readonly Dictionary<string, Func<string, PngImage>> Pictures = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = PngImage.Read,
        [".pgm"] = PgmFile.Read,
    };

    private readonly Classifier _classifier = Classifier.Load(model.Path);

    private Shape Shape => _classifier.Network.Input;

    /// <summary>An image with its prediction.</summary>
    private sealed record Answer(string File, int Index, byte[] Values, IReadOnlyList<string> Changes, Prediction Prediction);

    /// <summary>The lines: a picture as the network sees it, with all probabilities; an IDX image on one line.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"model   {model.Path}";
        foreach (Answer answer in Answers())
        {
            string changes = answer.Changes.Count == 0 ? "" : $"; {string.Join(", ", answer.Changes)}";
            string name = IsPicture(answer.File) ? answer.File : $"{answer.File}[{answer.Index}]";
            yield return Untied($"{name}: {_classifier.NameOf(answer.Prediction.Class)}, {Percent(answer.Prediction.Probability)}{changes}");
            if (!IsPicture(answer.File))
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

    private IEnumerable<Answer> Answers() => files.SelectMany(file => IsPicture(file) ? [OfPicture(file)] : OfIdx(file));

    private Answer OfPicture(string file)
    {
        PictureFit fit = PictureFit.Of(Pictures[Path.GetExtension(file)](file), Shape);
        return new Answer(file, 0, fit.Values, fit.Changes, _classifier.Predict(fit.Values));
    }

    private IEnumerable<Answer> OfIdx(string file)
    {
        IdxArray images = IdxFile.Read(file, IdxContent.Images);
        Shape shape = images.Dimensions is [_, int height, int width]
            ? Shape.Image(1, height, width)
            : Shape.Image(images.Dimensions[1], images.Dimensions[2], images.Dimensions[3]);
        if (shape != Shape)
        {
            throw new DatasetException($"{file}: has images of {shape}, the network takes {Shape}; give PNG or PGM files, which are fitted.");
        }

        for (int i = 0; i < images.Dimensions[0]; i++)
        {
            byte[] values = images.Data.Slice(i * shape.Count, shape.Count).ToArray();
            yield return new Answer(file, i, values, [], _classifier.Predict(values));
        }
    }

    private static bool IsPicture(string file) => Pictures.ContainsKey(Path.GetExtension(file));
}
