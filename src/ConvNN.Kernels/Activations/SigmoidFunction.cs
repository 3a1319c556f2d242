using System.Numerics;
using ConvNN.Kernels.Functions;

namespace ConvNN.Kernels.Activations;

/// <summary><c>1 / (1 + e⁻ˣ)</c>.</summary>
public readonly record struct SigmoidFunction : IActivation
{
    /// <inheritdoc/>
    public float Value(float x) => 1 / (1 + Elementary.Exp(-x));

    /// <inheritdoc/>
    public float Derivative(float x)
    {
        float y = Value(x);
        return y * (1 - y);
    }

    /// <inheritdoc/>
    public Vector<float> Value(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Elementary.Exp(-x));

    /// <inheritdoc/>
    public Vector<float> Derivative(Vector<float> x)
    {
        Vector<float> y = Value(x);
        return y * (Vector<float>.One - y);
    }

    /// <inheritdoc/>
    public double Define(double x) => 1 / (1 + Elementary.Exp(-x));
}
