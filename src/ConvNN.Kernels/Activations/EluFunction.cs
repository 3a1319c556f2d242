using System.Numerics;
using ConvNN.Kernels.Functions;

namespace ConvNN.Kernels.Activations;

/// <summary><c>x &gt; 0 ? x : alpha · (eˣ − 1)</c>.</summary>
/// <param name="Alpha">The function approaches −alpha for large negative x.</param>
public readonly record struct EluFunction(float Alpha) : IActivation
{
    /// <inheritdoc/>
    public float Value(float x) => x > 0 ? x : Alpha * Elementary.ExpMinusOne(x);

    /// <inheritdoc/>
    public float Derivative(float x) => x > 0 ? 1 : Alpha * Elementary.Exp(x);

    /// <inheritdoc/>
    public Vector<float> Value(Vector<float> x) =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), x, Vector.Create(Alpha) * Elementary.ExpMinusOne(x));

    /// <inheritdoc/>
    public Vector<float> Derivative(Vector<float> x) =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), Vector<float>.One, Vector.Create(Alpha) * Elementary.Exp(x));

    /// <inheritdoc/>
    public double Define(double x) => x > 0 ? x : Alpha * (Elementary.Exp(x) - 1);

    /// <inheritdoc/>
    public int Branch(double x) => x > 0 ? 1 : 0;
}
