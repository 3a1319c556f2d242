using System.Numerics;
using ConvNN.Kernels.Functions;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Activations;

/// <summary><c>tanh x</c>.</summary>
public readonly record struct TanhFunction : IActivation
{
    /// <inheritdoc/>
    public float Value(float x) => Elementary.Tanh(x);

    /// <inheritdoc/>
    public float Derivative(float x)
    {
        float y = Value(x);
        return MathF.FusedMultiplyAdd(-y, y, 1);
    }

    /// <inheritdoc/>
    public Vector<float> Value(Vector<float> x) => Elementary.Tanh(x);

    /// <inheritdoc/>
    public Vector<float> Derivative(Vector<float> x)
    {
        Vector<float> y = Value(x);
        return Fused.MultiplyAdd(-y, y, Vector<float>.One);
    }

    /// <inheritdoc/>
    public double Define(double x) => Elementary.Tanh(x);
}
