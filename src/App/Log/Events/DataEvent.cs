using ConvNN.Data;
using ConvNN.Model;

namespace ConvNN.App.Log.Events;

/// <summary>What is trained on.</summary>
/// <param name="Data">The dataset, cut to <c>Data:Limit</c>.</param>
/// <param name="Available">Training images that it has before the cut.</param>
internal sealed record DataEvent(DatasetPair Data, int Available) : RunEvent("data")
{
    /// <summary>What every line on a run with the embedded sample has to say.</summary>
    public const string SampleLabel = "SAMPLE, NOT MNIST";

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields
    {
        get
        {
            Shape shape = Data.Train.Shape;
            return
            [
                new("dataset", Data.Name),
                new("train_images", Data.Train.Count),
                new("available_images", Available),
                .. Data.Validation is { } validation ? new Field[] { new("validation_images", validation.Count) } : [],
                new("test_images", Data.Test.Count),
                new("height", shape.Height),
                new("width", shape.Width),
                new("channels", shape.Channels),
                new("classes", Data.Train.Classes),
                new("as_published", Data.IsAsPublished),
                new("source", Data.Source),
                .. Note(Data.IsSample),
            ];
        }
    }

    /// <summary>The field that marks a line on a run with the embedded sample; nothing otherwise.</summary>
    public static IEnumerable<Field> Note(bool isSample) => isSample ? [new Field("note", SampleLabel)] : [];
}
