using System.Globalization;
using ConvNN.Data;
using ConvNN.Model.Options;

namespace ConvNN.Training.Losses;

/// <summary>What <c>Training:ClassWeights</c> says: <c>balanced</c>, or a number a class, joined by commas.</summary>
public static class ClassWeights
{
    /// <summary>The word for weights by which every class counts the same, n / (classes · n_class), as scikit-learn has it.</summary>
    public const string Balanced = "balanced";

    private const float MaxWeight = 1e6f;

    /// <summary>What a value must be: the end of a sentence.</summary>
    public const string Rule = $"it must be {Balanced}, or a number above 0 for each class, separated by commas, such as 1,2,0.5";

    /// <summary>Whether a value is one, for some number of classes.</summary>
    /// <param name="text">The value.</param>
    public static bool IsAllowed(string text) => IsBalanced(text) || Parse(text) is not null;

    /// <summary>What is wrong with a value for a number of classes, or null.</summary>
    /// <param name="text">The value; null for none.</param>
    /// <param name="classes">Classes of the dataset.</param>
    public static Failure? Refuse(string? text, int classes) =>
        text is not null && !IsBalanced(text) && Parse(text) is { } weights && weights.Length != classes
            ? Failure.At("Training:ClassWeights", string.Create(CultureInfo.InvariantCulture, $"has {weights.Length} numbers, but there are {classes} classes; give one number per class, or use {Balanced}."))
            : null;

    /// <summary>The weight of each class; null when all count the same.</summary>
    /// <param name="text">The value.</param>
    /// <param name="data">The training part.</param>
    public static float[]? Of(string? text, ImageDataset data)
    {
        if (text is null || !IsBalanced(text))
        {
            return text is null ? null : Parse(text);
        }

        int[] counts = new int[data.Classes];
        for (int i = 0; i < data.Count; i++)
        {
            counts[data.Label(i)]++;
        }

        // A class without samples is never asked for.
        return [.. counts.Select(count => count == 0 ? 1 : (float)((double)data.Count / data.Classes / count))];
    }

    private static bool IsBalanced(string text) => string.Equals(text.Trim(), Balanced, StringComparison.OrdinalIgnoreCase);

    private static float[]? Parse(string text)
    {
        float[] weights = [.. text.Split(',').Select(number => float.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out float weight) ? weight : 0)];
        return weights.All(weight => weight is > 0 and <= MaxWeight) ? weights : null;
    }
}
