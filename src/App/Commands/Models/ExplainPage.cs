using ConvNN.App.Output;
using ConvNN.App.Reports;
using ConvNN.Formats;
using ConvNN.Model;
using ConvNN.Pictures;

namespace ConvNN.App.Commands.Models;

/// <summary>The page about what a network sees in a picture: the image it gets, the pixels that matter, and the output of each layer.</summary>
/// <param name="file">The picture's file.</param>
/// <param name="picture">The picture.</param>
/// <param name="prepared">The image that the network takes.</param>
/// <param name="classifier">The network.</param>
/// <param name="explanation">What it sees.</param>
internal sealed class ExplainPage(string file, Picture picture, PreparedPicture prepared, Classifier classifier, Explanation explanation)
{
    private const int MaxChannels = 64;
    private const int MaxClasses = 20;

    private Shape Shape => classifier.Network.Input;

    /// <summary>The page.</summary>
    public string Html() => HtmlPage.Of($"{Path.GetFileName(file)} – ConvNN", [.. Head(), .. Pictures(), .. Classes(), .. Layers()]);

    private IEnumerable<string> Head()
    {
        yield return $"<h1>{HtmlPage.Escape(Path.GetFileName(file))}</h1>";
        yield return $"<p class=\"big\">{HtmlPage.Escape(explanation.Prediction.Name)}, {Figures.Percent(explanation.Prediction.Probability)}</p>";
        if (prepared.Changes.Count > 0)
        {
            yield return $"<p class=\"faint\">The picture was {HtmlPage.Escape(string.Join(", ", prepared.Changes))}.</p>";
        }
    }

    private IEnumerable<string> Pictures()
    {
        string name = HtmlPage.Escape(classifier.NameOf(explanation.Class));
        int side = Math.Max(Shape.Height, Shape.Width) * 4;
        yield return "<h2>The picture</h2><p class=\"faint\">The last one is bright where a change of the pixel would change the score of the class most (gradient saliency).</p><div class=\"tiles large\">";
        yield return Tile(Preparations.Pad.Fit(picture, side, side), "the file");
        yield return Tile(Planes.ToPicture(prepared.Values, Shape), $"as the network takes it: {Shape}");
        yield return Tile(LayerPictures.Saliency(explanation, Shape.Width, Shape.Height), $"what matters for {name}");
        yield return "</div>";
    }

    private IEnumerable<string> Classes()
    {
        (int Label, float Probability)[] classes = [.. explanation.Prediction.Probabilities.Index().OrderByDescending(shown => shown.Item).Select(shown => (shown.Index, shown.Item))];
        yield return $"<h2>Classes</h2>{(classes.Length > MaxClasses ? $"<p class=\"faint\">the {MaxClasses} likeliest of {classes.Length}</p>" : "")}<div class=\"scroll\"><table>";
        foreach ((int label, float probability) in classes.Take(MaxClasses))
        {
            yield return FormattableString.Invariant($"<tr><th>{HtmlPage.Escape(classifier.NameOf(label))}</th><td><meter value=\"{probability:0.####}\"></meter></td><td>{Figures.Percent(probability)}</td></tr>");
        }

        yield return "</table></div>";
    }

    private IEnumerable<string> Layers()
    {
        foreach (LayerOutput layer in explanation.Layers)
        {
            IReadOnlyList<Picture> pictures = LayerPictures.Of(layer);
            string more = pictures.Count > MaxChannels ? $", the first {MaxChannels} channels" : "";
            yield return $"<h2>{HtmlPage.Escape(layer.Name)}</h2><p class=\"faint\">{layer.Type}, {layer.Shape}{more}; {LayerPictures.Legend(layer)}.</p><div class=\"tiles\">";
            foreach ((int channel, Picture output) in pictures.Take(MaxChannels).Index())
            {
                yield return Tile(output, layer.Shape.IsVector ? "" : $"{channel}");
            }

            yield return "</div>";
        }
    }

    private static string Tile(Picture picture, string caption) => $"<div class=\"tile\">{HtmlPage.Image(picture, caption)}{caption}</div>";
}
