using System.Numerics;

namespace ConvNN.Kernels.Activations;

/// <summary>An activation function y = f(x): value and derivative in single precision (scalar and vector), value in double.</summary>
/// <remarks>The scalar functions define the bits; vectors give the same bits in each lane.</remarks>
public interface IActivation
{
    /// <summary>f(x).</summary>
    float Value(float x);

    /// <summary>f'(x); at a kink, the left derivative.</summary>
    float Derivative(float x);

    /// <summary><see cref="Value(float)"/> of each lane.</summary>
    Vector<float> Value(Vector<float> x);

    /// <summary><see cref="Derivative(float)"/> of each lane.</summary>
    Vector<float> Derivative(Vector<float> x);

    /// <summary>f(x) in double precision, for gradient checks.</summary>
    double Define(double x);

    /// <summary>Index of the function's piece that contains x; 0 for a smooth function.</summary>
    int Branch(double x) => 0;
}
