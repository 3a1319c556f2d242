using System.Globalization;
using ConvNN.Data;

namespace ConvNN.Training.Losses;

/// <summary>What <c>Training:ClassWeights</c> says: <c>balanced</c>, or a number a class, joined by commas.</summary>
public static class ClassWeights
{
    /// <summary>The word for weights by which every class counts the same, n / (classes · n_class), as scikit-learn has it.</summary>
    public const string Balanced = "balanced";

    private const float MaxWeight = 1e6f;

    /// <summary>What is wrong with a value, or null.</summary>
    /// <param name="text">The value; null for none.</param>
    /// <param name="classes">Classes of the dataset; null when it is not known yet.</param>
    public static string? Complaint(string? text, int? classes = null)
    {
        if (text is null || IsBalanced(text))
        {
            return null;
        }

        if (Parse(text) is not { } weights)
        {
            return $"Training:ClassWeights is {Model.Options.ShownValue.Of(text)}; it must be {Balanced}, or a number above 0 for each class, joined by commas, such as 1,2,0.5.";
        }

        return classes is { } expected && weights.Length != expected
            ? string.Create(CultureInfo.InvariantCulture, $"Training:ClassWeights has {weights.Length} numbers, but there are {expected} classes; give each one, or take {Balanced}.")
            : null;
    }

    /// <summary>The weight of each class; null when all count the same.</summary>
    /// <param name="text">The value, without a <see cref="Complaint"/>.</param>
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
