using System.Text.Json.Nodes;
using ConvNN.App.Reports;
using ConvNN.Dashboard;
using ConvNN.Formats;
using ConvNN.Model;
using ConvNN.Pictures;

namespace ConvNN.App.Commands.Serve;

/// <summary>What <c>serve</c> answers.</summary>
/// <param name="classifier">The network.</param>
internal sealed class ClassifierActions(Classifier classifier)
{
    private const int MostChannels = 64;
    private const int MostBytes = 16 << 20;

    private Shape Shape => classifier.Network.Input;

    /// <summary>The actions.</summary>
    public IReadOnlyList<WebAction> All =>
    [
        new("GET", "/health", (_, _) => Answer(() => new JsonObject { ["status"] = "ok" })),
        new("GET", "/model", (_, _) => Answer(Model)),
        new("POST", "/predict", (request, cancellationToken) => Answer(() => Predict(request, cancellationToken))) { MostBytes = MostBytes },
        new("POST", "/explain", (request, _) => Answer(() => Explain(request))) { MostBytes = MostBytes },
    ];

    // What a client did wrong is its answer.
    private static Task<WebAnswer> Answer(Func<JsonObject> act)
    {
        try
        {
            return Task.FromResult(WebAnswer.Of(act().ToJsonString()));
        }
        catch (Exception wrong) when (wrong is PictureException or SentImagesException)
        {
            return Task.FromResult(WebAnswer.Refuse(wrong.Message));
        }
    }

    private JsonObject Model() => new()
    {
        ["dataset"] = classifier.Subject?.Dataset,
        ["classes"] = Names(),
        ["channels"] = Shape.Channels,
        ["height"] = Shape.Height,
        ["width"] = Shape.Width,
        ["preparation"] = classifier.Subject?.Preparation.Name,
        ["parameters"] = classifier.Network.Layout.ParameterCount,
    };

    private JsonObject Predict(WebRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<byte[]> images = SentImages.Read(request, classifier);
        Prediction[] predictions = new Prediction[images.Count];
        for (int i = 0; i < images.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            predictions[i] = classifier.Predict(images[i]);
        }

        return new JsonObject { ["predictions"] = new JsonArray([.. predictions.Select(prediction => (JsonNode)Of(prediction))]) };
    }

    private JsonObject Explain(WebRequest request)
    {
        PreparedPicture prepared = SentImages.ReadPicture(request, classifier);
        Explanation explanation = classifier.Explain(prepared.Values);
        return new JsonObject
        {
            ["prediction"] = Of(explanation.Prediction),
            ["prepared"] = HtmlPage.Address(Planes.ToPicture(prepared.Values, Shape)),
            ["changes"] = new JsonArray([.. prepared.Changes.Select(change => (JsonNode)change)]),
            ["saliency"] = HtmlPage.Address(LayerPictures.Saliency(explanation, Shape.Width, Shape.Height)),
            ["layers"] = new JsonArray([.. explanation.Layers.Select(layer => (JsonNode)new JsonObject
            {
                ["name"] = layer.Name,
                ["type"] = layer.Type,
                ["shape"] = layer.Shape.ToString(),
                ["vector"] = layer.Shape.IsVector,
                ["channels"] = layer.Shape.IsVector ? 1 : layer.Shape.Channels,
                ["legend"] = LayerPictures.Legend(layer),
                ["images"] = new JsonArray([.. LayerPictures.Of(layer).Take(MostChannels).Select(picture => (JsonNode)HtmlPage.Address(picture))]),
            })]),
        };
    }

    private static JsonObject Of(Prediction prediction) => new()
    {
        ["class"] = prediction.Class,
        ["name"] = prediction.Name,
        ["probability"] = prediction.Probability,
        ["probabilities"] = new JsonArray([.. prediction.Probabilities.Select(probability => (JsonNode)probability)]),
    };

    private JsonArray Names() => [.. Enumerable.Range(0, classifier.Classes).Select(label => (JsonNode)classifier.NameOf(label))];
}
