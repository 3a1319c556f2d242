using System.Numerics;

namespace ConvNN.Kernels.Activations;

/// <summary>An activation function y = f(x) and its derivative, in single precision as scalar and as vector, and in double as it is defined.</summary>
/// <remarks>The scalar functions are the definition; vectors give their bits lane by lane.</remarks>
public interface IActivation
{
    /// <summary>f(x).</summary>
    float Value(float x);

    /// <summary>f'(x); where the function has a kink, that of its left side.</summary>
    float Derivative(float x);

    /// <summary><see cref="Value(float)"/> of each lane.</summary>
    Vector<float> Value(Vector<float> x);

    /// <summary><see cref="Derivative(float)"/> of each lane.</summary>
    Vector<float> Derivative(Vector<float> x);

    /// <summary>f(x) in double precision: what gradients are checked against.</summary>
    double Define(double x);

    /// <summary>Which of its pieces the function is in at x; a smooth one has but one.</summary>
    int Branch(double x) => 0;
}
