namespace ConvNN.Pictures;

/// <summary>The preparations that a configuration or a model file can name.</summary>
public static class Preparations
{
    /// <summary>As MNIST's digits were prepared: light on dark, fitted into a frame by the centre of mass.</summary>
    public static Preparation Mnist { get; } = new MnistPreparation();

    /// <summary>Resized to the network's input, whatever its aspect ratio, each new value the mean over its area.</summary>
    public static Preparation Resize { get; } = new ResizePreparation();

    /// <summary>The middle, in the aspect ratio of the network's input, resized.</summary>
    public static Preparation Crop { get; } = new CropPreparation();

    /// <summary>All of it, resized in its own aspect ratio, with black on two sides.</summary>
    public static Preparation Pad { get; } = new PadPreparation();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Preparation> All { get; } = [Mnist, Resize, Crop, Pad];

    /// <summary>The preparation with a name; null if there is none.</summary>
    /// <param name="name">The name.</param>
    public static Preparation? Find(string? name) => All.FirstOrDefault(preparation => preparation.Name == name);
}
