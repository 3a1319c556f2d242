using System.Globalization;
using ConvNN.Data;
using ConvNN.Data.Catalog;
using ConvNN.Pictures;

namespace ConvNN.App.Log.Events;

/// <summary>The data that a run trains on, or would train on.</summary>
/// <param name="Data">The dataset, cut to <c>Data:Limit</c>.</param>
/// <param name="Available">The number of its training images before the cut.</param>
/// <param name="Source">Where it was read from, or where it would be stored.</param>
internal sealed record DataEvent(DatasetOutline Data, int Available, string Source) : RunEvent("data")
{
    /// <summary>The label on every line about a run with the embedded sample.</summary>
    public const string SampleLabel = "SAMPLE, NOT MNIST";

    /// <summary>Whether its files have the published hashes; null if they were not read.</summary>
    public bool? IsAsPublished { get; init; }

    /// <summary>How the network takes the images' values.</summary>
    public Normalization Normalization { get; init; } = Normalization.Unit;

    /// <summary>Whether it is the embedded sample.</summary>
    public bool IsSample { get; init; }

    /// <summary>Whether the sample was requested, rather than used because MNIST was unavailable.</summary>
    public bool IsSampleWanted { get; init; }

    /// <summary>The maximum number of bytes to download, and the mirror; null if the dataset is available locally.</summary>
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
        new("mean", Normalization.IsUnit ? null : Means),
        new("deviation", Normalization.IsUnit ? null : Deviations),
        new("decoded_ahead", Data.IsInMemory ? null : true),
        new("as_published", IsAsPublished),
        new("source", Source),
        new("download_bytes", Download?.Bytes),
        new("download_from", Download?.Mirror.AbsoluteUri),
        .. Note(IsSample),
    ];

    /// <summary>The event of a dataset that was read.</summary>
    /// <param name="data">The dataset, cut to <c>Data:Limit</c>.</param>
    /// <param name="available">The number of its training images before the cut.</param>
    public static DataEvent Of(DatasetPair data, int available) => new(data.Outline, available, data.Source)
    {
        IsAsPublished = data.IsAsPublished,
        Normalization = data.Train.Normalization,
        IsSample = data.IsSample,
        IsSampleWanted = data is { IsSample: true, FallbackReason: null },
    };

    /// <summary>The event of a dataset that a run would use.</summary>
    /// <param name="found">The dataset, as far as it is known without downloading it.</param>
    /// <param name="wanted">The part that the run uses.</param>
    public static DataEvent Of(DatasetPreview found, DatasetOutline wanted) => new(wanted, found.Outline.TrainCount, found.Source)
    {
        Download = found.Mirror is { } mirror ? (found.DownloadBytes, mirror) : null,
    };

    /// <summary>The mean of each channel: <c>0.4914 0.4822 0.4465</c>.</summary>
    public string Means => Numbers(Normalization.Means);

    /// <summary>The deviation of each channel.</summary>
    public string Deviations => Numbers(Normalization.Deviations);

    private static string Numbers(IEnumerable<float> values) => string.Join(' ', values.Select(value => value.ToString("0.0000", CultureInfo.InvariantCulture)));

    /// <summary>The field that marks a line about a run with the embedded sample; otherwise empty.</summary>
    public static IEnumerable<Field> Note(bool isSample) => isSample ? [new Field("note", SampleLabel)] : [];
}
