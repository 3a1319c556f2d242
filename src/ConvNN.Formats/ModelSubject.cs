using ConvNN.Pictures;

namespace ConvNN.Formats;

/// <summary>What a model was trained on: what its user must know to give it a picture and to read its answer.</summary>
/// <param name="Dataset">Name of the dataset.</param>
public sealed record ModelSubject(string Dataset)
{
    /// <summary>The names of the classes; null if they are just numbers.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>How pictures are prepared for the network.</summary>
    public Preparation Preparation { get; init; } = Preparations.Resize;

    /// <summary>How the network takes the values of an image.</summary>
    public Normalization Normalization { get; init; } = Normalization.Unit;
}
