namespace ConvNN.Pictures;

/// <summary>The preparations that a configuration or a model file can name.</summary>
public static class Preparations
{
    /// <summary>As MNIST's digits were prepared: light on dark, fitted into a frame by the centre of mass.</summary>
    public static Preparation Mnist { get; } = new MnistPreparation();

    /// <summary>Resized to the network's input, each new value the mean over its area, and otherwise unchanged.</summary>
    public static Preparation Resize { get; } = new ResizePreparation();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Preparation> All { get; } = [Mnist, Resize];

    /// <summary>The preparation with a name; null if there is none.</summary>
    /// <param name="name">The name.</param>
    public static Preparation? Find(string? name) => All.FirstOrDefault(preparation => preparation.Name == name);
}
