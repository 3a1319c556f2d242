using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Convolution;

/// <summary>A convolution with random operands, and its three kernels on a tier.</summary>
internal sealed class Conv2dProblem
{
    public Conv2dProblem(Conv2dGeometry geometry, int seed, Content content = Content.Plain, bool bias = true)
    {
        Geometry = geometry;
        X = Tensors.Rows(geometry.Samples, geometry.Channels * geometry.Height * geometry.Width, seed, content);
        W = Tensors.Rows(geometry.Filters, geometry.Taps, seed + 1, content);
        B = bias ? Tensors.Values(geometry.Filters, seed + 2, content) : [];
        Dy = Tensors.Rows(geometry.Samples, geometry.Filters * geometry.OutputHeight * geometry.OutputWidth, seed + 3, content);
    }

    public Conv2dGeometry Geometry { get; }

    public float[] X { get; }

    public float[] W { get; }

    public float[] B { get; }

    public float[] Dy { get; }

    /// <summary>Many geometries: all widths, kernels and strides with each other, the other sizes taking turns.</summary>
    /// <param name="turn">Shifts the turns, for other company.</param>
    public static IEnumerable<Conv2dGeometry> Grid(int turn)
    {
        (int, int)[] kernels = [(1, 1), (3, 3), (5, 3), (2, 4)];
        (int, int)[] strides = [(1, 1), (2, 2), (3, 3), (1, 2), (2, 1), (3, 1)];
        (int, int)[] paddings = [(0, 0), (1, 1), (2, 2), (3, 3), (0, 1), (2, 0), (1, 3)];
        int[] filters = [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17];
        int count = turn;
        for (int width = 1; width <= 40; width++)
        {
            foreach ((int kernelHeight, int kernelWidth) in kernels)
            {
                foreach ((int strideHeight, int strideWidth) in strides)
                {
                    count++;
                    (int paddingHeight, int paddingWidth) = paddings[count % paddings.Length];
                    Conv2dGeometry geometry = new()
                    {
                        Samples = 1 + (count % 3),
                        Channels = 1 + (count % 5),
                        Height = 1 + (count / 2 % 6),
                        Width = width,
                        Filters = filters[count % filters.Length],
                        KernelHeight = kernelHeight,
                        KernelWidth = kernelWidth,
                        StrideHeight = strideHeight,
                        StrideWidth = strideWidth,
                        PaddingHeight = paddingHeight,
                        PaddingWidth = paddingWidth,
                    };
                    if (kernelHeight <= geometry.Height + (2 * paddingHeight) && kernelWidth <= width + (2 * paddingWidth))
                    {
                        yield return geometry;
                    }
                }
            }
        }
    }

    /// <summary>Geometries with dilation, with groups, and with both: depthwise ones, with one and several filters a channel, among them.</summary>
    /// <param name="turn">Shifts the turns, for other company.</param>
    public static IEnumerable<Conv2dGeometry> GridOfGroups(int turn)
    {
        (int, int)[] dilations = [(2, 2), (1, 3), (1, 1), (2, 1), (3, 2)];
        (int Groups, int Channels, int Filters)[] groups = [(1, 2, 3), (2, 1, 1), (3, 1, 2), (4, 2, 1), (5, 1, 4), (17, 1, 1), (2, 3, 5)];
        int count = turn;
        foreach (Conv2dGeometry plain in Grid(turn).Where((_, i) => i % 3 == 0))
        {
            count++;
            (int dilationHeight, int dilationWidth) = dilations[count % dilations.Length];
            (int number, int channels, int filters) = groups[count % groups.Length];
            Conv2dGeometry geometry = plain with
            {
                DilationHeight = dilationHeight,
                DilationWidth = dilationWidth,
                Groups = number,
                Channels = number * channels,
                Filters = number * filters,
                Height = plain.Height + 3,
            };
            bool isInside = ((geometry.KernelHeight - 1) * dilationHeight) + 1 <= geometry.Height + (2 * geometry.PaddingHeight)
                && ((geometry.KernelWidth - 1) * dilationWidth) + 1 <= geometry.Width + (2 * geometry.PaddingWidth);
            if (isInside)
            {
                yield return geometry;
            }
        }
    }

    public float[] Forward(KernelTier tier)
    {
        float[] y = Tensors.Unassigned(Dy.Length);
        Conv2dKernels kernels = KernelSet.For(tier).Conv2d;
        kernels.Forward(X, W, B, y, Scratch(kernels), Geometry);
        return y;
    }

    public float[] InputGradient(KernelTier tier)
    {
        float[] dx = Tensors.Unassigned(X.Length);
        Conv2dKernels kernels = KernelSet.For(tier).Conv2d;
        kernels.InputGradient(Dy, W, dx, Scratch(kernels), Geometry);
        return dx;
    }

    /// <summary>dw, then db, of all samples.</summary>
    public float[] ParameterGradient(KernelTier tier, int[] edges) => ParameterGradient(tier, 0, Geometry.Samples, edges);

    /// <summary>dw, then db, of a caller who has but a run of the samples.</summary>
    public float[] ParameterGradient(KernelTier tier, int firstSample, int samples, int[] edges)
    {
        Conv2dGeometry geometry = Geometry with { Samples = samples };
        Conv2dKernels kernels = KernelSet.For(tier).Conv2d;
        float[] gradient = Tensors.Unassigned(W.Length + B.Length);
        kernels.ParameterGradient(
            X.AsSpan(firstSample * geometry.InputStride, samples * geometry.InputStride),
            Dy.AsSpan(firstSample * geometry.OutputStride, samples * geometry.OutputStride),
            gradient.AsSpan(0, W.Length),
            gradient.AsSpan(W.Length),
            edges,
            Scratch(kernels),
            geometry);
        return gradient;
    }

    private float[] Scratch(Conv2dKernels kernels) => Tensors.Unassigned(kernels.ScratchLength(Geometry));
}
