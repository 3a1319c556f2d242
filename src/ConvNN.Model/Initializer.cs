using ConvNN.Model.Layers;

namespace ConvNN.Model;

/// <summary>How a parameter starts: a function of the run's seed and the element's place, and of nothing else.</summary>
public sealed class Initializer
{
    private readonly Func<RandomStream, uint, float> _value;

    private Initializer(string name, Func<RandomStream, uint, float> value)
    {
        Name = name;
        _value = value;
    }

    /// <summary>Every element 0.</summary>
    public static Initializer Zeros { get; } = new("zeros", (_, _) => 0f);

    /// <summary>The initializer's name, as PyTorch has it.</summary>
    public string Name { get; }

    /// <summary>
    /// Normal with mean 0 and variance gain² / <paramref name="fanIn"/>, which keeps the scale of activations from layer to
    /// layer (He et al. 2015, arXiv:1502.01852; PyTorch <c>kaiming_normal_</c>).
    /// </summary>
    /// <remarks>
    /// The gain is √2 where a rectifier follows, which halves the variance, and 1 where nothing but a softmax does.
    /// </remarks>
    /// <param name="fanIn">Inputs of a unit; at least 1.</param>
    /// <param name="activation">What follows the layer: a name of <see cref="Activation"/>, or null for what is not known.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fanIn"/> is below 1.</exception>
    public static Initializer KaimingNormal(int fanIn, string? activation = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fanIn, 1);
        double deviation = Math.Sqrt((activation == Activation.Softmax ? 1.0 : 2.0) / fanIn);
        return new Initializer("kaiming_normal", (stream, element) => (float)(deviation * stream.Normal(element)));
    }

    /// <summary>The value of element <paramref name="element"/>, counted in the order of the file.</summary>
    public float Value(RandomStream stream, uint element) => _value(stream, element);
}
