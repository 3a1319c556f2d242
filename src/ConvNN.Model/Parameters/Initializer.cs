using ConvNN.Model.Layers;
using ConvNN.Model.Randomness;

namespace ConvNN.Model.Parameters;

/// <summary>How a parameter is initialised: a function of the run's seed and each element's position, and nothing else.</summary>
public sealed class Initializer
{
    private readonly Action<RandomStream, ParameterValues> _fill;

    private Initializer(string name, Action<RandomStream, ParameterValues> fill)
    {
        Name = name;
        _fill = fill;
    }

    private delegate float ElementValue(RandomStream stream, uint element);

    /// <summary>Sets every element to 0.</summary>
    public static Initializer Zeros { get; } = Constant(0);

    /// <summary>The initializer's name, as in PyTorch.</summary>
    public string Name { get; }

    /// <summary>Sets every element to <paramref name="value"/> (PyTorch <c>constant_</c>).</summary>
    public static Initializer Constant(float value) => OfElements("constant", (_, _) => value);

    /// <summary>Normal with mean 0 and the given standard deviation.</summary>
    /// <param name="name">The initializer's name.</param>
    /// <param name="deviation">The standard deviation.</param>
    public static Initializer Normal(string name, double deviation) => OfElements(name, (stream, element) => (float)(deviation * stream.Normal(element)));

    /// <summary>Uniform on [−√3 · deviation, √3 · deviation), which has the given standard deviation.</summary>
    /// <param name="name">The initializer's name.</param>
    /// <param name="deviation">The standard deviation.</param>
    public static Initializer Uniform(string name, double deviation)
    {
        double bound = Math.Sqrt(3) * deviation;
        return OfElements(name, (stream, element) => (float)(bound * ((2 * stream.Uniform(element)) - 1)));
    }

    /// <summary>
    /// Normal with mean 0 and variance gain² / <paramref name="fanIn"/>, which keeps the scale of activations from layer to
    /// layer (He et al. 2015, arXiv:1502.01852; PyTorch <c>kaiming_normal_</c>).
    /// </summary>
    /// <remarks>The gain is that of <see cref="GainOf"/>.</remarks>
    /// <param name="fanIn">Inputs of a unit; at least 1.</param>
    /// <param name="activation">The activation after the layer: a name from <see cref="Activation"/>, or null if unknown.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fanIn"/> is below 1.</exception>
    public static Initializer KaimingNormal(int fanIn, string? activation = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fanIn, 1);
        return Normal("kaiming_normal", Math.Sqrt(GainOf(activation) / fanIn));
    }

    /// <summary>
    /// Orthonormal rows, or orthonormal columns if there are more rows than columns: normal numbers that are orthogonalised
    /// twice by Gram–Schmidt in double precision (Saxe et al. 2013, arXiv:1312.6120; PyTorch <c>orthogonal_</c>).
    /// </summary>
    public static Initializer Orthogonal { get; } = new("orthogonal", (stream, values) =>
    {
        bool isTall = values.Rows > values.Columns;
        (int count, int length) = isTall ? (values.Columns, values.Rows) : (values.Rows, values.Columns);
        double[][] vectors = [.. Enumerable.Range(0, count).Select(_ => new double[length])];
        for (uint element = 0; element < values.Rows * (uint)values.Columns; element++)
        {
            (int row, int column) = Math.DivRem((int)element, values.Columns);
            (isTall ? ref vectors[column][row] : ref vectors[row][column]) = stream.Normal(element);
        }

        GramSchmidt.Orthonormalize(vectors);
        for (int row = 0; row < values.Rows; row++)
        {
            for (int column = 0; column < values.Columns; column++)
            {
                values.Row(row)[column] = (float)(isTall ? vectors[column][row] : vectors[row][column]);
            }
        }
    });

    /// <summary>
    /// The squared gain of the activation after a layer: 1 for a softmax, and for tanh and sigmoid, which are nearly linear
    /// around 0; otherwise 2, as for rectifiers and the like, which halve the variance.
    /// </summary>
    /// <param name="activation">A name from <see cref="Activation"/>, or null if unknown.</param>
    public static double GainOf(string? activation) => activation is Activation.Softmax or Activation.Tanh or Activation.Sigmoid ? 1 : 2;

    /// <summary>Fills a tensor.</summary>
    /// <param name="stream">The tensor's random numbers.</param>
    /// <param name="values">The tensor; element e, in file order, takes number e of the stream.</param>
    public void Fill(RandomStream stream, ParameterValues values) => _fill(stream, values);

    private static Initializer OfElements(string name, ElementValue valueOf) => new(name, (stream, values) =>
    {
        uint element = 0;
        for (int row = 0; row < values.Rows; row++)
        {
            foreach (ref float value in values.Row(row))
            {
                value = valueOf(stream, element++);
            }
        }
    });
}
