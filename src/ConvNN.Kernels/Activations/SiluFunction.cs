using System.Numerics;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Activations;

/// <summary><c>x · σ(x)</c> with σ(x) = 1 / (1 + e⁻ˣ).</summary>
public readonly record struct SiluFunction : IActivation
{
    /// <inheritdoc/>
    public float Value(float x) => x * default(SigmoidFunction).Value(x);

    /// <inheritdoc/>
    public float Derivative(float x)
    {
        float sigmoid = default(SigmoidFunction).Value(x);
        return sigmoid * MathF.FusedMultiplyAdd(x, 1 - sigmoid, 1);
    }

    /// <inheritdoc/>
    public Vector<float> Value(Vector<float> x) => x * default(SigmoidFunction).Value(x);

    /// <inheritdoc/>
    public Vector<float> Derivative(Vector<float> x)
    {
        Vector<float> sigmoid = default(SigmoidFunction).Value(x);
        return sigmoid * Fused.MultiplyAdd(x, Vector<float>.One - sigmoid, Vector<float>.One);
    }

    /// <inheritdoc/>
    public double Define(double x) => x * default(SigmoidFunction).Define(x);
}
