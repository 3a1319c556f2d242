namespace ConvNN.Formats;

/// <summary>The class that a network predicts for an image.</summary>
/// <param name="Class">The most probable class; the first one in a tie.</param>
/// <param name="Probabilities">The probability of each class; they add up to 1.</param>
public sealed record Prediction(int Class, IReadOnlyList<float> Probabilities)
{
    /// <summary>The name of <see cref="Class"/>; its number where classes have no names.</summary>
    public required string Name { get; init; }

    /// <summary>The probability of <see cref="Class"/>.</summary>
    public float Probability => Probabilities[Class];
}
