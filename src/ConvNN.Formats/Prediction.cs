namespace ConvNN.Formats;

/// <summary>What a network takes an image for.</summary>
/// <param name="Class">The most probable class, the first of equals.</param>
/// <param name="Probabilities">The probability of each class; together they are 1.</param>
public sealed record Prediction(int Class, IReadOnlyList<float> Probabilities)
{
    /// <summary>The probability of <see cref="Class"/>.</summary>
    public float Probability => Probabilities[Class];
}
