using System.Buffers;
using ConvNN.Kernels.Functions;
using ConvNN.Model;
using ConvNN.Model.Randomness;

namespace ConvNN.Data.Augmentations;

/// <summary>
/// Random changes of images, in this order: a geometric transform (shift, rotation, scale, shear, mirror and elastic bending,
/// with bilinear interpolation and background around the image), an erased rectangle (Zhong et al., arXiv:1708.04896), noise.
/// </summary>
/// <param name="options">The limit of each change.</param>
/// <param name="shape">The shape of an image.</param>
/// <param name="seed">The run's seed.</param>
public sealed class Augmentation(RandomAugmentation options, Shape shape, ulong seed) : IAugmentation
{
    // Ordinals of the image's random streams, which never share a number.
    private const int WarpStream = 0;
    private const int ElasticStream = 1;
    private const int EraseStream = 2;
    private const int NoiseStream = 3;

    // The sum of four random bytes is nearly normal, with mean 510 and this standard deviation, √(4 · (256² − 1) / 12).
    private const float NoiseMean = 510;
    private const float NoiseDeviation = 147.80166f;

    /// <inheritdoc/>
    public void Apply(Span<float> image, int epoch, int index)
    {
        Move(image, new Warp(options, shape, Random(WarpStream, epoch, index)), epoch, index);
        if (options.Erase > 0)
        {
            Erase(image, Random(EraseStream, epoch, index));
        }

        if (options.Noise > 0)
        {
            AddNoise(image, Random(NoiseStream, epoch, index));
        }
    }

    private RandomStream Random(int stream, int epoch, int index) => new(seed, RandomPurpose.Augmentation, stream, epoch, index);

    private void Move(Span<float> image, in Warp warp, int epoch, int index)
    {
        if (warp is { IsShift: true, ShiftX: 0, ShiftY: 0 } && options.Elastic == 0)
        {
            return;
        }

        float[] rented = ArrayPool<float>.Shared.Rent(image.Length);
        Span<float> before = rented.AsSpan(0, image.Length);
        image.CopyTo(before);
        if (warp.IsShift && options.Elastic == 0)
        {
            Shift(before, image, warp.ShiftX, warp.ShiftY);
        }
        else
        {
            Resample(before, image, warp, options.Elastic > 0 ? new ElasticField(options.Elastic, shape, Random(ElasticStream, epoch, index)) : null);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private void Shift(ReadOnlySpan<float> before, Span<float> image, int right, int down)
    {
        image.Clear();
        int width = shape.Width - Math.Abs(right);
        for (int row = 0; row < shape.Channels * shape.Height && width > 0; row++)
        {
            int from = (row % shape.Height) - down;
            if (from >= 0 && from < shape.Height)
            {
                before.Slice(((row - down) * shape.Width) + Math.Max(0, -right), width).CopyTo(image[((row * shape.Width) + Math.Max(0, right))..]);
            }
        }
    }

    private void Resample(ReadOnlySpan<float> before, Span<float> image, in Warp warp, ElasticField? field)
    {
        int pixels = shape.Height * shape.Width;
        for (int pixel = 0; pixel < pixels; pixel++)
        {
            (int row, int column) = Math.DivRem(pixel, shape.Width);
            (double x, double y) = warp.Source(column, row);
            if (field is not null)
            {
                (double bentX, double bentY) = field.At(column, row);
                (x, y) = (x + bentX, y + bentY);
            }

            (double left, double top) = (Math.Floor(x), Math.Floor(y));
            bool isOutside = left < -1 || top < -1 || left >= shape.Width || top >= shape.Height;
            for (int c = 0; c < shape.Channels; c++)
            {
                image[(c * pixels) + pixel] = isOutside ? 0 : Between(before.Slice(c * pixels, pixels), (int)left, (int)top, (float)(x - left), (float)(y - top));
            }
        }
    }

    /// <summary>Bilinear interpolation between four pixels.</summary>
    private float Between(ReadOnlySpan<float> plane, int left, int top, float right, float down)
    {
        float upper = Mix(At(plane, left, top), At(plane, left + 1, top), right);
        float lower = Mix(At(plane, left, top + 1), At(plane, left + 1, top + 1), right);
        return Mix(upper, lower, down);
    }

    private float At(ReadOnlySpan<float> plane, int x, int y) => (uint)x < (uint)shape.Width && (uint)y < (uint)shape.Height ? plane[(y * shape.Width) + x] : 0;

    private static float Mix(float from, float to, float share) => MathF.FusedMultiplyAdd(share, to - from, from);

    /// <summary>Erases a rectangle to background: 2 to 20 % of the area, with an aspect ratio of at most 3.3.</summary>
    private void Erase(Span<float> image, RandomStream random)
    {
        if (random.Uniform(0) >= options.Erase)
        {
            return;
        }

        double area = (0.02 + (0.18 * random.Uniform(1))) * shape.Height * shape.Width;
        double aspect = Elementary.Pow(3.3, (2 * random.Uniform(2)) - 1);
        int height = (int)Math.Clamp(Math.Round(Math.Sqrt(area * aspect)), 1, shape.Height);
        int width = (int)Math.Clamp(Math.Round(Math.Sqrt(area / aspect)), 1, shape.Width);
        int top = random.Below(3, shape.Height - height + 1), left = random.Below(4, shape.Width - width + 1);
        for (int c = 0; c < shape.Channels; c++)
        {
            for (int row = top; row < top + height; row++)
            {
                image.Slice((((c * shape.Height) + row) * shape.Width) + left, width).Clear();
            }
        }
    }

    /// <summary>Adds noise, and clamps values to between 0 and 1.</summary>
    private void AddNoise(Span<float> image, RandomStream random)
    {
        uint[] rented = ArrayPool<uint>.Shared.Rent(image.Length);
        Span<uint> words = rented.AsSpan(0, image.Length);
        random.Fill(words);
        float scale = (float)options.Noise / NoiseDeviation;
        for (int i = 0; i < image.Length; i++)
        {
            uint word = words[i];
            uint sum = (word & 0xFF) + ((word >> 8) & 0xFF) + ((word >> 16) & 0xFF) + (word >> 24);
            image[i] = Math.Clamp(MathF.FusedMultiplyAdd(scale, sum - NoiseMean, image[i]), 0, 1);
        }

        ArrayPool<uint>.Shared.Return(rented);
    }
}
