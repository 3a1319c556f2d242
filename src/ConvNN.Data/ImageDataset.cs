using System.Globalization;
using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Model;
using ConvNN.Pictures;

namespace ConvNN.Data;

/// <summary>Labelled images of one size, one byte per value, in file order. Immutable: all workers share one instance.</summary>
public sealed class ImageDataset
{
    private readonly IImageStore _images;
    private readonly IdxArray _labels;

    // Indices in the files; null for the first Count images, in order.
    private readonly int[]? _chosen;

    /// <summary>Combines images [N, H, W] or [N, C, H, W] with their labels [N].</summary>
    /// <param name="name">Name of the dataset, such as <c>mnist</c>.</param>
    /// <param name="part"><c>train</c> or <c>test</c>.</param>
    /// <param name="images">The images.</param>
    /// <param name="labels">The class of each image.</param>
    /// <param name="classes">Number of classes, 1 to 256.</param>
    /// <exception cref="ArgumentException">An array does not have the number of dimensions of images or labels.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is out of range.</exception>
    /// <exception cref="DatasetException">The arrays differ in length, or a label is not below <paramref name="classes"/>.</exception>
    public ImageDataset(string name, string part, IdxArray images, IdxArray labels, int classes)
        : this(name, part, new ImagesInMemory(images ?? throw new ArgumentNullException(nameof(images))), labels, classes)
    {
    }

    /// <summary>Combines images with their labels [N].</summary>
    /// <param name="name">Name of the dataset.</param>
    /// <param name="part">Its part.</param>
    /// <param name="images">The images.</param>
    /// <param name="labels">The class of each image.</param>
    /// <param name="classes">Number of classes, 1 to 256.</param>
    /// <exception cref="DatasetException">The arrays differ in length, or a label is not below <paramref name="classes"/>.</exception>
    internal ImageDataset(string name, string part, IImageStore images, IdxArray labels, int classes)
        : this(name, part, images, labels, classes, CheckedCount(images, labels, classes))
    {
    }

    private ImageDataset(string name, string part, IImageStore images, IdxArray labels, int classes, int count, int[]? chosen = null)
    {
        _chosen = chosen;
        Name = name;
        Part = part;
        Shape = images.Shape;
        Classes = classes;
        Count = count;
        _images = images;
        _labels = labels;
    }

    /// <summary>Name of the dataset, such as <c>mnist</c>.</summary>
    public string Name { get; }

    /// <summary>Which part of the dataset this is: <c>train</c>, <c>validation</c> or <c>test</c>.</summary>
    public string Part { get; }

    /// <summary>Shape of an image.</summary>
    public Shape Shape { get; }

    /// <summary>Number of classes; every label is below it.</summary>
    public int Classes { get; }

    /// <summary>Number of images.</summary>
    public int Count { get; }

    /// <summary>
    /// Whether images of a class lie together, as in a folder for each class. A part of them is then taken from every class in
    /// proportion, otherwise in their order.
    /// </summary>
    public bool IsByClass { get; init; }

    /// <summary>How a network takes the images' values.</summary>
    public Normalization Normalization { get; init; } = Normalization.Unit;

    /// <summary>Whether the images are in memory; otherwise each is decoded from its file when it is read.</summary>
    public bool IsInMemory => _images.IsInMemory;

    /// <summary>SHA-256 of the whole decoded image file, header included, in lower-case hexadecimal.</summary>
    public string ImagesSha256 => _images.Sha256;

    /// <summary>SHA-256 of the whole decoded label file, header included, in lower-case hexadecimal.</summary>
    public string LabelsSha256 => _labels.Sha256;

    /// <summary>The values of one image [C, H, W], 0 (background) to 255. Any number of threads may read.</summary>
    /// <param name="index">Which one.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not one of the <see cref="Count"/> images.</exception>
    /// <exception cref="DatasetException">Its file cannot be read, or has changed, where images are not in memory.</exception>
    public ReadOnlySpan<byte> Image(int index)
    {
        CheckIndex(index);
        return _images.Read(PlaceOf(index));
    }

    /// <summary>The class of one image.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not one of the <see cref="Count"/> images.</exception>
    public byte Label(int index)
    {
        CheckIndex(index);
        return _labels.Data[PlaceOf(index)];
    }

    /// <summary>
    /// Some of the images as a dataset: the first ones, or the first ones of every class in proportion if <see cref="IsByClass"/>.
    /// Nothing is copied; classes and hashes remain those of the whole dataset.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1 or above <see cref="Count"/>.</exception>
    public ImageDataset Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        return IsByClass && count < Count
            ? Select(Draw([.. Enumerable.Range(0, Count)], count), Part)
            : new ImageDataset(Name, Part, _images, _labels, Classes, count, _chosen?[..count]) { IsByClass = IsByClass, Normalization = Normalization };
    }

    /// <summary>Draws some of the images: the first ones in a given order, from every class in proportion if <see cref="IsByClass"/>.</summary>
    /// <param name="order">All indices of the dataset, in any order.</param>
    /// <param name="count">How many are drawn.</param>
    /// <returns>Their indices.</returns>
    public int[] Draw(IReadOnlyList<int> order, int count) => IsByClass ? ProportionalDraw.From(order, Label, count) : [.. order.Take(count)];

    /// <summary>
    /// Some of the images as a dataset, in their order in this one. Nothing is copied; classes and hashes remain those of the
    /// whole dataset.
    /// </summary>
    /// <param name="indices">Which ones, in any order, each once.</param>
    /// <param name="part">Their part of the dataset: <c>train</c>, <c>validation</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no indices, or one is not one of the <see cref="Count"/> images.</exception>
    public ImageDataset Select(ReadOnlySpan<int> indices, string part)
    {
        ArgumentOutOfRangeException.ThrowIfZero(indices.Length);
        int[] chosen = indices.ToArray();
        Array.Sort(chosen);
        CheckIndex(chosen[0]);
        CheckIndex(chosen[^1]);
        return new ImageDataset(Name, part, _images, _labels, Classes, chosen.Length, [.. chosen.Select(PlaceOf)]) { IsByClass = IsByClass, Normalization = Normalization };
    }

    private int PlaceOf(int index) => _chosen is null ? index : _chosen[index];

    private static int CheckedCount(IImageStore images, IdxArray labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, byte.MaxValue + 1);

        if (labels.Dimensions.Count != 1)
        {
            throw new ArgumentException($"{labels.Source}: labels have 1 dimension, found {labels.Dimensions.Count}.", nameof(labels));
        }

        int count = images.Count;
        if (labels.Data.Length != count)
        {
            throw new DatasetException(string.Create(
                CultureInfo.InvariantCulture,
                $"{labels.Source}: {labels.Data.Length:N0} labels found, expected {count:N0}, one for each image of {images.Source}; use files of one dataset."));
        }

        int outside = labels.Data.IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1));

        if (outside >= 0)
        {
            throw new DatasetException($"{labels.Source}: label {outside} is {labels.Data[outside]}, expected 0 to {classes - 1}; use files of one dataset.");
        }

        return count;
    }

    private void CheckIndex(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
    }
}
