using ConvNN.Model.Parameters;

namespace ConvNN.Model.Layers;

/// <summary>A network under construction, which layer options add their layers to.</summary>
public sealed class LayerStack
{
    private readonly List<Layer> _layers = [];
    private readonly List<(int Step, Shape Shape)> _begins = [];
    private string _name = "";
    private bool _isFrozen;

    internal LayerStack(Shape input) => Output = input;

    /// <summary>The input shape of the next layer.</summary>
    public Shape Output { get; private set; }

    /// <summary>Whether the network ends in a softmax.</summary>
    public bool EndsInSoftmax { get; private set; }

    internal ParameterLayout Layout { get; } = new();

    internal IReadOnlyList<Layer> Layers => _layers;

    /// <summary>Adds a layer.</summary>
    /// <param name="create">Creates the layer at its place.</param>
    /// <exception cref="LayerMisfitException">The layer does not fit, or follows a softmax.</exception>
    public void Add(Func<LayerSite, Layer> create)
    {
        if (EndsInSoftmax)
        {
            throw new LayerMisfitException($"no layer may follow the softmax of '{_name}': a softmax must come last.");
        }

        Layer layer = create(new LayerSite(_name, _layers.Count, Output, Layout) { IsFrozen = _isFrozen });
        _layers.Add(layer);
        Output = layer.Output;
    }

    /// <summary>Ends the network in a softmax.</summary>
    /// <exception cref="LayerMisfitException">The outputs are an image, or there is no layer before it.</exception>
    internal void EndInSoftmax()
    {
        if (!Output.IsVector)
        {
            throw new LayerMisfitException($"softmax needs a vector but gets {Output}; end the network with a dense layer.");
        }

        if (_layers.Count == 0)
        {
            throw new LayerMisfitException("softmax needs a layer before it whose outputs it turns into probabilities.");
        }

        EndsInSoftmax = true;
    }

    internal void Begin(string name, bool isFrozen)
    {
        if (EndsInSoftmax)
        {
            throw new LayerMisfitException($"it follows '{_name}', whose softmax must come last.");
        }

        _name = name;
        _isFrozen = isFrozen;
        _begins.Add((_layers.Count, Output));
    }

    /// <summary>The input to the first of some configured layers just before the one being added.</summary>
    /// <param name="layers">How many layers.</param>
    /// <returns>The ordinal of the layer before them, −1 for the network's input, and the shape of its output.</returns>
    /// <exception cref="LayerMisfitException">There are not that many.</exception>
    internal (int Source, Shape Shape) Before(int layers)
    {
        int there = _begins.Count - 1;
        if (layers > there)
        {
            throw new LayerMisfitException(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"residual skips {layers} layers, but there {(there == 1 ? "is" : "are")} {there} before it; its Layers is the number that the shortcut skips."));
        }

        (int step, Shape shape) = _begins[there - layers];
        return (step - 1, shape);
    }
}
