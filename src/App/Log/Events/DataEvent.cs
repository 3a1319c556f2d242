using ConvNN.Data;
using ConvNN.Data.Catalog;

namespace ConvNN.App.Log.Events;

/// <summary>What is trained on, or would be.</summary>
/// <param name="Data">The dataset, cut to <c>Data:Limit</c>.</param>
/// <param name="Available">Training images that it has before the cut.</param>
/// <param name="Source">Where it was read from; or where it would be kept.</param>
internal sealed record DataEvent(DatasetOutline Data, int Available, string Source) : RunEvent("data")
{
    /// <summary>What every line on a run with the embedded sample has to say.</summary>
    public const string SampleLabel = "SAMPLE, NOT MNIST";

    /// <summary>Whether its files have the published hashes; null where they were not read.</summary>
    public bool? IsAsPublished { get; init; }

    /// <summary>Whether it is the embedded sample.</summary>
    public bool IsSample { get; init; }

    /// <summary>Whether the sample was asked for, and is not what is left where MNIST could not be had.</summary>
    public bool IsSampleWanted { get; init; }

    /// <summary>Bytes that would be downloaded at most, and from where; null if the dataset is here.</summary>
    public (long Bytes, Uri Mirror)? Download { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("dataset", Data.Name),
        new("train_images", Data.TrainCount),
        new("available_images", Available),
        new("validation_images", Data.ValidationCount == 0 ? null : Data.ValidationCount),
        new("test_images", Data.TestCount),
        new("height", Data.Shape.Height),
        new("width", Data.Shape.Width),
        new("channels", Data.Shape.Channels),
        new("classes", Data.Classes),
        new("as_published", IsAsPublished),
        new("source", Source),
        new("download_bytes", Download?.Bytes),
        new("download_from", Download?.Mirror.AbsoluteUri),
        .. Note(IsSample),
    ];

    /// <summary>The event of a dataset that was read.</summary>
    /// <param name="data">The dataset, cut to <c>Data:Limit</c>.</param>
    /// <param name="available">Training images that it has before the cut.</param>
    public static DataEvent Of(DatasetPair data, int available) => new(data.Outline, available, data.Source)
    {
        IsAsPublished = data.IsAsPublished,
        IsSample = data.IsSample,
        IsSampleWanted = data is { IsSample: true, FallbackReason: null },
    };

    /// <summary>The event of a dataset that would be taken.</summary>
    /// <param name="found">What was found out without fetching anything.</param>
    /// <param name="wanted">What the run takes of it.</param>
    public static DataEvent Of(DatasetPreview found, DatasetOutline wanted) => new(wanted, found.Outline.TrainCount, found.Source)
    {
        Download = found.Mirror is { } mirror ? (found.DownloadBytes, mirror) : null,
    };

    /// <summary>The field that marks a line on a run with the embedded sample; nothing otherwise.</summary>
    public static IEnumerable<Field> Note(bool isSample) => isSample ? [new Field("note", SampleLabel)] : [];
}
