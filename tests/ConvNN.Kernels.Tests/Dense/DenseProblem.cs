using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Dense;

/// <summary>A fully connected layer with random operands, and its three kernels on a tier.</summary>
internal sealed class DenseProblem
{
    /// <summary>Creates the operands.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="seed">The same operands for the same seed.</param>
    /// <param name="content">What the operands hold.</param>
    /// <param name="bias">Whether there are biases.</param>
    /// <param name="density">The share of output gradients that are kept; the others are zeros of either sign.</param>
    public DenseProblem(DenseGeometry geometry, int seed, Content content = Content.Plain, bool bias = true, double density = 1)
    {
        Geometry = geometry;
        X = Tensors.Rows(geometry.Samples, geometry.Inputs, seed, content);
        W = Tensors.Rows(geometry.Units, geometry.Inputs, seed + 1, content);
        B = bias ? Tensors.Values(geometry.Units, seed + 2, content) : [];
        Dy = Tensors.Rows(geometry.Samples, geometry.Units, seed + 3, content);
        Random random = new(seed + 4);
        for (int i = 0; i < Dy.Length && density < 1; i++)
        {
            Dy[i] = random.NextDouble() < density ? Dy[i] : random.Next(2) == 0 ? 0f : -0f;
        }
    }

    public DenseGeometry Geometry { get; }

    public float[] X { get; }

    public float[] W { get; }

    public float[] B { get; }

    public float[] Dy { get; }

    public float[] Forward(KernelTier tier) => Forward(tier, Geometry.Part);

    /// <summary>y of a caller who has but the inputs of some leaves.</summary>
    public float[] Forward(KernelTier tier, InputRun part)
    {
        float[] y = Tensors.Unassigned(Geometry.Samples * Geometry.UnitStride);
        KernelSet.For(tier).Dense.Forward(X, W, B, y, Geometry with { Part = part });
        return y;
    }

    public float[] InputGradient(KernelTier tier)
    {
        float[] dx = Tensors.Unassigned(X.Length);
        KernelSet.For(tier).Dense.InputGradient(Dy, W, dx, Geometry);
        return dx;
    }

    /// <summary>dw, then db, of all samples.</summary>
    public float[] ParameterGradient(KernelTier tier, int[] edges) => ParameterGradient(tier, 0, Geometry.Samples, edges);

    /// <summary>dw, then db, of a caller who has but a run of the samples.</summary>
    public float[] ParameterGradient(KernelTier tier, int firstSample, int samples, int[] edges)
    {
        DenseGeometry geometry = Geometry with { Samples = samples };
        float[] gradient = Tensors.Unassigned(W.Length + B.Length);
        KernelSet.For(tier).Dense.ParameterGradient(
            X.AsSpan(firstSample * geometry.InputStride, samples * geometry.InputStride),
            Dy.AsSpan(firstSample * geometry.UnitStride, samples * geometry.UnitStride),
            gradient.AsSpan(0, W.Length),
            gradient.AsSpan(W.Length),
            edges,
            geometry);
        return gradient;
    }
}
