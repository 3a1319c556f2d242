using System.Text.Json.Nodes;
using ConvNN.App.Faults;
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

/// <summary>
/// Predictions for pictures, which are prepared, and for IDX files, whose images are used as they are. What cannot be read does not keep
/// the others from their answers: it is reported at the end.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="files">The files, and folders of pictures.</param>
internal sealed class PredictReport(ModelLocation model, IReadOnlyList<string> files)
{
    // More pictures than these get a line each, since a picture is shown as tall as it is.
    private const int MostShown = 3;

    private const int IndexWidth = 7;       // [59999]

    // How gzip and IDX files of bytes begin; no picture does.
    private static readonly byte[][] IdxMagic = [[0x1F, 0x8B], [0, 0, 8]];

    private readonly Classifier _classifier = Classifier.Load(model.Path);
    private readonly List<ConvNNException> _faults = [];
    private readonly Dictionary<int, int> _answers = [];
    private int _others;

    private Shape Shape => _classifier.Network.Input;

    private int Outputs => _classifier.Network.Output.Count;

    /// <summary>An image with its prediction.</summary>
    private sealed record Answer(string File, int Index, byte[] Values, IReadOnlyList<string> Changes, Prediction Prediction)
    {
        /// <summary>The file, and the number of the image in it if it may have several.</summary>
        public string Name => IsPicture ? File : $"{File}[{Index}]";

        /// <summary>Whether it is a picture, with a file of its own.</summary>
        public bool IsPicture { get; init; }
    }

    /// <summary>The lines: a few pictures as the network sees them, with all probabilities; of more, or of IDX images, a line for each, and how many of each class.</summary>
    /// <param name="width">The maximum width of a line.</param>
    /// <exception cref="UnreadException">Some could not be read.</exception>
    public IEnumerable<string> Lines(int width)
    {
        foreach (string line in Fold.Long([$"model   {model.Path}"], width))
        {
            yield return line;
        }

        string[] all = [.. Files()];
        bool isShort = all.Length > MostShown;
        int names = all.Select(file => Cells.Width(file) + (PictureFile.IsOne(file) ? 0 : IndexWidth)).DefaultIfEmpty().Max(), classes = Enumerable.Range(0, Outputs).Max(i => Cells.Width(_classifier.NameOf(i)));
        foreach (Answer answer in Answers(all))
        {
            foreach (string line in isShort || !answer.IsPicture ? Short(answer, names, classes, width) : Full(answer, width))
            {
                yield return line;
            }
        }

        if (isShort || _others > 0 || _answers.Values.Sum() > MostShown)
        {
            foreach (string line in Fold.Lines("total", Total(), width))
            {
                yield return line;
            }
        }

        ThrowUnread();
    }

    /// <summary>The same as JSON: a list with an object for each image, each on a line.</summary>
    /// <exception cref="UnreadException">Some could not be read.</exception>
    public IEnumerable<string> Json()
    {
        string? line = null;
        foreach (Answer answer in Answers([.. Files()]))
        {
            if (line is not null)
            {
                yield return $"{line},";
            }

            line = (line is null ? "[" : " ") + new JsonObject
            {
                ["file"] = answer.File,
                ["index"] = answer.Index,
                ["class"] = answer.Prediction.Class,
                ["name"] = _classifier.ClassNames?[answer.Prediction.Class],
                ["probabilities"] = new JsonArray([.. answer.Prediction.Probabilities.Select(probability => (JsonNode)probability)]),
                ["changes"] = new JsonArray([.. answer.Changes.Select(change => (JsonNode)change)]),
            }.ToJsonString();
        }

        if (line is not null)
        {
            yield return $"{line}]";
        }

        ThrowUnread();
    }

    private IEnumerable<string> Full(Answer answer, int width)
    {
        string changes = answer.Changes.Count == 0 ? "" : $"; {string.Join(", ", answer.Changes)}";
        foreach (string line in Fold.Long([Untied($"{answer.Name}: {_classifier.NameOf(answer.Prediction.Class)}, {Percent(answer.Prediction.Probability)}{changes}")], width))
        {
            yield return line;
        }

        string[] picture = [.. CharacterPicture.Lines(answer.Values, Shape)];
        IReadOnlyList<float> probabilities = answer.Prediction.Probabilities;
        TextTable table = new(Word(""), new("") { Width = 3 }, new("") { Width = 8 }) { HasTitles = false, Margin = 2 };
        table.AddAll(Enumerable.Range(0, Math.Max(picture.Length, probabilities.Count)).Select(i => (string[])
        [
            picture.ElementAtOrDefault(i) ?? "",
            .. i < probabilities.Count ? [_classifier.NameOf(i), Percent(probabilities[i])] : (string[])["", ""],
        ]));
        foreach (string line in table.Lines(width))
        {
            yield return line;
        }
    }

    private IEnumerable<string> Short(Answer answer, int names, int classes, int width) =>
        new TextTable(Word("", names), Word("", classes), new("") { Width = 8 }) { HasTitles = false }
            .Add(answer.Name, _classifier.NameOf(answer.Prediction.Class), Percent(answer.Prediction.Probability))
            .Lines(width);

    private string Total()
    {
        string counts = string.Join(", ", _answers.OrderByDescending(count => count.Value).ThenBy(count => count.Key).Select(count => $"{_classifier.NameOf(count.Key)}{Fold.Tie}{count.Value:N0}"));
        string[] left = [.. _faults.Count > 0 ? [$"{_faults.Count:N0} could not be read"] : (string[])[], .. _others > 0 ? [$"{Plural(_others, "other file")} left out"] : (string[])[]];
        return $"{Plural(_answers.Values.Sum(), "image")}{(counts.Length > 0 ? $": {counts}" : "")}{string.Concat(left.Select(text => $"; {text}"))}";
    }

    private void ThrowUnread()
    {
        if (_faults.Count > 0)
        {
            throw _faults is [var only] && _answers.Count == 0
                ? only
                : new UnreadException([.. _faults.Select(fault => fault.Message), Fold.Plain($"{_faults.Count:N0} of {Plural(_faults.Count + _answers.Values.Sum(), "file")} could not be read; the others have their answers.")]);
        }
    }

    private IEnumerable<string> Files()
    {
        foreach (string path in files)
        {
            string[] found = [path];
            if (Directory.Exists(path))
            {
                string[] all = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)];
                found = [.. all.Where(PictureFile.IsOne).Order(StringComparer.Ordinal)];
                _others += all.Length - found.Length;
                if (found.Length == 0)
                {
                    _faults.Add(new DatasetException($"{path}: has no pictures ({string.Join(", ", PictureFile.Extensions)}); name files, or another folder."));
                }
            }

            foreach (string file in found)
            {
                yield return file;
            }
        }
    }

    private IEnumerable<Answer> Answers(IEnumerable<string> all)
    {
        foreach (string file in all)
        {
            foreach (Answer answer in OrFault(() => IsIdx(file) ? OfIdx(file) : [OfPicture(file)]))
            {
                _answers[answer.Prediction.Class] = _answers.GetValueOrDefault(answer.Prediction.Class) + 1;
                yield return answer;
            }
        }
    }

    private IEnumerable<Answer> OrFault(Func<IEnumerable<Answer>> answers)
    {
        try
        {
            return answers();
        }
        catch (ConvNNException fault) when (fault is PictureException or DatasetException)
        {
            _faults.Add(fault);
            return [];
        }
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

        return Enumerable.Range(0, images.Dimensions[0]).Select(i =>
        {
            byte[] values = images.Data.Slice(i * shape.Count, shape.Count).ToArray();
            return new Answer(file, i, values, [], _classifier.Predict(values));
        });
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
