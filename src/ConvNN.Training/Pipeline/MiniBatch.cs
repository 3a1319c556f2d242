using System.Runtime.CompilerServices;
using ConvNN.Data;
using ConvNN.Data.Augmentations;
using ConvNN.Kernels;
using ConvNN.Kernels.Elementwise;
using ConvNN.Kernels.Vectors;
using ConvNN.Model;

namespace ConvNN.Training.Pipeline;

/// <summary>
/// The samples of one step, and memory for their losses and predictions. The same batches are used again and again, so that a warm
/// step allocates nothing.
/// </summary>
/// <param name="shape">The shape of a sample.</param>
/// <param name="capacity">The most samples that it holds.</param>
/// <param name="tier">The kernels that convert them.</param>
/// <param name="images">
/// Memory for <paramref name="capacity"/> images. Batches may share it, since only the one in its step has images: so they stay in a
/// core's cache. Null for memory of its own.
/// </param>
public sealed class MiniBatch(Shape shape, int capacity, KernelTier tier, AlignedBuffer? images = null)
{
    private readonly ElementwiseKernels _kernels = KernelSet.For(tier).Elementwise;
    private readonly AlignedBuffer _images = images ?? new AlignedBuffer(checked(shape.Stride * capacity));
    private readonly byte[] _labels = new byte[capacity];
    private readonly int[] _indices = new int[capacity];
    private readonly bool[] _isLoaded = new bool[capacity];
    private ImageDataset? _dataset;

    /// <summary>Bytes that a batch takes for each sample, besides its image.</summary>
    internal const int BytesPerSample = (4 * sizeof(int)) + (2 * sizeof(byte));

    /// <summary>The shape of a sample.</summary>
    public Shape Shape { get; } = shape;

    /// <summary>The most samples that it holds.</summary>
    public int Capacity { get; } = capacity;

    /// <summary>The samples that are in it; the last batch of an epoch may hold fewer than the others.</summary>
    public int Count { get; private set; }

    /// <summary>The images, [Count, Shape.Stride]; those not yet loaded hold an earlier batch's pixels.</summary>
    public ReadOnlySpan<float> Images => _images.Span[..(Count * Shape.Stride)];

    /// <summary>The class of each sample.</summary>
    public ReadOnlySpan<byte> Labels => _labels.AsSpan(0, Count);

    /// <summary>Each sample's index in its dataset.</summary>
    public ReadOnlySpan<int> Indices => _indices.AsSpan(0, Count);

    /// <summary>The loss of each sample. Every worker writes those of its own samples.</summary>
    public float[] Losses { get; } = new float[capacity];

    /// <summary>The class that the network chose for each sample. Every worker writes those of its own samples.</summary>
    public int[] Predictions { get; } = new int[capacity];

    /// <summary>
    /// In an evaluation, the rank of each sample's class among the network's choices, from 0. Every worker writes those of its
    /// own samples.
    /// </summary>
    public int[] Ranks { get; } = new int[capacity];

    /// <summary>Replaces the samples; their images follow when they are loaded.</summary>
    /// <param name="dataset">The dataset of the samples, which has the same shape.</param>
    /// <param name="indices">Which samples; at most <see cref="Capacity"/>.</param>
    public void Choose(ImageDataset dataset, ReadOnlySpan<int> indices)
    {
        _dataset = dataset;
        Count = indices.Length;
        indices.CopyTo(_indices);
        Array.Clear(_isLoaded);
        for (int n = 0; n < indices.Length; n++)
        {
            _labels[n] = dataset.Label(indices[n]);
        }
    }

    /// <summary>
    /// Loads images of samples: decodes them where they are not in memory, converts their pixels to [0, 1], augments and normalizes them. Each image is loaded only once. Several
    /// workers may load different samples concurrently, so that each has its own images in its core's cache.
    /// </summary>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    /// <param name="augmentation">Changes them at random; null for none.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    public void Load(int first, int count, IAugmentation? augmentation = null, int epoch = 1)
    {
        // The images lie anywhere in memory. Asking for all of them before the first is needed lets the processor fetch them together.
        for (int n = first; n < first + count && _dataset!.IsInMemory; n++)
        {
            _ = _isLoaded[n] ? 0 : Touch(_dataset.Image(_indices[n]));
        }

        for (int n = first; n < first + count; n++)
        {
            if (!_isLoaded[n])
            {
                _isLoaded[n] = true;
                Span<float> image = _images.Span.Slice(n * Shape.Stride, Shape.Count);
                ConvertKernels.ToUnit(_dataset!.Image(_indices[n]), image, tier);
                augmentation?.Apply(image, epoch, _indices[n]);
                _dataset.Normalization.Apply(image, _kernels);
            }
        }
    }

    /// <summary>Reads a byte of each cache line. Not inlined: a call whose result is not used would be dropped.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Touch(ReadOnlySpan<byte> bytes)
    {
        const int Line = 64;
        int sum = 0;
        for (int i = 0; i < bytes.Length; i += Line)
        {
            sum += bytes[i];
        }

        return sum;
    }

    /// <summary>Replaces the samples and loads all of them, without augmentation.</summary>
    /// <param name="dataset">The dataset of the samples, which has the same shape.</param>
    /// <param name="indices">Which samples; at most <see cref="Capacity"/>.</param>
    public void Fill(ImageDataset dataset, ReadOnlySpan<int> indices)
    {
        Choose(dataset, indices);
        Load(0, Count);
    }
}
