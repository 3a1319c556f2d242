using ConvNN.App.Faults;
using ConvNN.App.Runs;
using ConvNN.Files;
using ConvNN.Formats;
using ConvNN.Model.Options;
using ConvNN.Pictures;
using ConvNN.Pictures.Formats;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Commands.Models;

/// <summary><c>convnn explain IMAGE</c>: writes a page about what a network sees in a picture.</summary>
internal static class ExplainReport
{
    /// <summary>The name of the page unless another is given.</summary>
    public const string PageName = "explain.html";

    /// <summary>Writes the page.</summary>
    /// <param name="model">The model.</param>
    /// <param name="file">The picture.</param>
    /// <param name="className">The name or number of the class to explain; null for the one that is predicted.</param>
    /// <param name="page">The page to write.</param>
    /// <returns>The lines to print.</returns>
    /// <exception cref="UsageException">The model has no such class.</exception>
    /// <exception cref="OutputException">The page cannot be written.</exception>
    public static IEnumerable<string> Write(ModelLocation model, string file, string? className, string page)
    {
        Classifier classifier = Classifier.Load(model.Path);
        int? label = className is null ? null : LabelOf(classifier, className);
        Picture picture = PictureFile.Read(file);
        PreparedPicture prepared = classifier.Prepare(picture);
        Explanation explanation = classifier.Explain(prepared.Values, label);
        string html = new ExplainPage(file, picture, prepared, classifier, explanation).Html();
        OutputException.Guard(page, () => AtomicFile.Write(page, html));

        return
        [
            $"model   {model.Path}",
            Untied($"{file}: {explanation.Prediction.Name}, {Percent(explanation.Prediction.Probability)}"),
            $"saved   {page}: what matters for {classifier.NameOf(explanation.Class)}, and the output of each layer; open it in a browser",
        ];
    }

    private static int LabelOf(Classifier classifier, string name)
    {
        string[] names = [.. Enumerable.Range(0, classifier.Classes).Select(classifier.NameOf)];
        int label = Array.IndexOf(names, name);
        return label >= 0 ? label : throw new UsageException($"--class '{name}' is not a class of the model; {NearestName.Hint(name, names)}");
    }
}
