using System.Numerics;
using ConvNN.Kernels.Functions;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Activations;

/// <summary><c>x · Φ(x)</c> with the normal distribution function Φ(x) = (1 + erf(x / √2)) / 2; not the tanh approximation.</summary>
public readonly record struct GeluFunction : IActivation
{
    private const float RootHalf = 0.70710678f;
    private const float InverseRootOfTwoPi = 0.39894228f;

    /// <inheritdoc/>
    public float Value(float x) => x * Distribution(x);

    /// <inheritdoc/>
    public float Derivative(float x) => MathF.FusedMultiplyAdd(x, InverseRootOfTwoPi * Elementary.Exp(-0.5f * x * x), Distribution(x));

    /// <inheritdoc/>
    public Vector<float> Value(Vector<float> x) => x * Distribution(x);

    /// <inheritdoc/>
    public Vector<float> Derivative(Vector<float> x) =>
        Fused.MultiplyAdd(x, Vector.Create(InverseRootOfTwoPi) * Elementary.Exp(Vector.Create(-0.5f) * x * x), Distribution(x));

    /// <inheritdoc/>
    public double Define(double x) => x * 0.5 * (1 + Elementary.Erf(x * 0.7071067811865476));

    private static float Distribution(float x) => 0.5f * (1 + Elementary.Erf(x * RootHalf));

    private static Vector<float> Distribution(Vector<float> x) =>
        Vector.Create(0.5f) * (Vector<float>.One + Elementary.Erf(x * Vector.Create(RootHalf)));
}
