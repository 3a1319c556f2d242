using System.Globalization;
using System.Text.Json;
using ConvNN.Kernels.Elementwise;

namespace ConvNN.Pictures;

/// <summary>
/// What is done with the values of an image, 0 to 1, before a network takes them: nothing, or <c>(value − mean) / deviation</c> with a
/// mean and a standard deviation for each channel, like torchvision's <c>Normalize</c>. It belongs to the model.
/// </summary>
public sealed class Normalization
{
    private readonly float[] _means;
    private readonly float[] _deviations;

    private Normalization(float[] means, float[] deviations) => (_means, _deviations) = (means, deviations);

    /// <summary>Values from 0 to 1, unchanged.</summary>
    public static Normalization Unit { get; } = new([], []);

    /// <summary>The words for it in a configuration: <c>unit</c> and <c>standard</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["unit", "standard"];

    /// <summary>Whether values are left unchanged.</summary>
    public bool IsUnit => _means.Length == 0;

    /// <summary>Its name in <see cref="Names"/>.</summary>
    public string Name => Names[IsUnit ? 0 : 1];

    /// <summary>The mean of each channel, of values from 0 to 1; empty if values are left unchanged.</summary>
    public IReadOnlyList<float> Means => _means;

    /// <summary>The standard deviation of each channel; empty if values are left unchanged.</summary>
    public IReadOnlyList<float> Deviations => _deviations;

    /// <summary>Gives each channel the mean 0 and the standard deviation 1.</summary>
    /// <param name="means">The mean of each channel, of values from 0 to 1.</param>
    /// <param name="deviations">The standard deviation of each channel, above 0.</param>
    /// <exception cref="ArgumentException">There are none, their numbers differ, or one is not finite or not above 0.</exception>
    public static Normalization Standard(IReadOnlyList<float> means, IReadOnlyList<float> deviations)
    {
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(deviations);
        return means.Count > 0 && means.Count == deviations.Count && means.All(float.IsFinite) && deviations.All(d => float.IsFinite(d) && d > 0)
            ? new Normalization([.. means], [.. deviations])
            : throw new ArgumentException("There must be a finite mean and a deviation above 0 for each channel.", nameof(means));
    }

    /// <summary>Normalizes an image in place.</summary>
    /// <param name="image">Its values [C, H, W], 0 to 1.</param>
    /// <param name="kernels">Compute it; all give the same bits.</param>
    public void Apply(Span<float> image, ElementwiseKernels kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        int plane = IsUnit ? 0 : image.Length / _means.Length;
        for (int c = 0; c < _means.Length; c++)
        {
            kernels.Standardize(image.Slice(c * plane, plane), _means[c], _deviations[c]);
        }
    }

    /// <summary>Its text in a model file: <c>pixel / 255</c>, or <c>(pixel / 255 - [0.13, …]) / [0.31, …]</c> with the exact numbers.</summary>
    public override string ToString() => IsUnit ? "pixel / 255" : $"(pixel / 255 - {Text(_means)}) / {Text(_deviations)}";

    /// <summary>Reads the text of <see cref="ToString"/>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Null if it is not such a text.</returns>
    public static Normalization? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Begin = "(pixel / 255 - ", Between = ") / ";
        if (text == Unit.ToString())
        {
            return Unit;
        }

        try
        {
            return text.StartsWith(Begin, StringComparison.Ordinal) && text[Begin.Length..].Split(Between) is [string means, string deviations]
                ? Standard(Numbers(means), Numbers(deviations))
                : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static float[] Numbers(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return [.. document.RootElement.EnumerateArray().Select(number => number.GetSingle())];
    }

    private static string Text(float[] values) => $"[{string.Join(", ", values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}]";
}
