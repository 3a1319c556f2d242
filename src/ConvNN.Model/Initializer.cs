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
    /// Normal with mean 0 and variance 2 / <paramref name="fanIn"/>, which keeps the scale of activations through
    /// rectifiers (He et al. 2015, arXiv:1502.01852; PyTorch <c>kaiming_normal_</c>).
    /// </summary>
    /// <param name="fanIn">Inputs of a unit; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fanIn"/> is below 1.</exception>
    public static Initializer KaimingNormal(int fanIn)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fanIn, 1);
        double deviation = Math.Sqrt(2.0 / fanIn);
        return new Initializer("kaiming_normal", (stream, element) => (float)(deviation * stream.Normal(element)));
    }

    /// <summary>The value of element <paramref name="element"/>, counted in the order of the file.</summary>
    public float Value(RandomStream stream, uint element) => _value(stream, element);
}
