using System.Numerics;

namespace ConvNN.Kernels.Activations;

/// <summary><c>x &gt; 0 ? x : slope · x</c>.</summary>
/// <param name="Slope">The slope for x ≤ 0.</param>
public readonly record struct LeakyReluFunction(float Slope) : IActivation
{
    /// <inheritdoc/>
    public float Value(float x) => x > 0 ? x : Slope * x;

    /// <inheritdoc/>
    public float Derivative(float x) => x > 0 ? 1 : Slope;

    /// <inheritdoc/>
    public Vector<float> Value(Vector<float> x) => Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), x, Vector.Create(Slope) * x);

    /// <inheritdoc/>
    public Vector<float> Derivative(Vector<float> x) =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), Vector<float>.One, Vector.Create(Slope));

    /// <inheritdoc/>
    public double Define(double x) => x > 0 ? x : Slope * x;

    /// <inheritdoc/>
    public int Branch(double x) => x > 0 ? 1 : 0;
}
