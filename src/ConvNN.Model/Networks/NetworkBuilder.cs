using ConvNN.Model.Layers;

namespace ConvNN.Model.Networks;

/// <summary>Builds a network in code, layer by layer, with the same layers as the configuration.</summary>
/// <example>
/// <code>
/// Network network = new NetworkBuilder(Shape.Image(channels: 1, height: 28, width: 28))
///     .Conv2d(filters: 8, kernel: 3, activation: Activation.Relu)
///     .MaxPool2d(window: 2)
///     .Flatten()
///     .Dense(units: 128, activation: Activation.Relu, dropout: 0.25)
///     .Dense(units: 64, activation: Activation.Relu, dropout: 0.25)
///     .Dense(units: 10, activation: Activation.Softmax)
///     .Build();
/// </code>
/// </example>
/// <param name="input">The shape of an input sample.</param>
public sealed class NetworkBuilder(Shape input)
{
    private readonly List<LayerOptions> _layers = [];

    /// <summary>Adds a layer by its options.</summary>
    public NetworkBuilder Add(LayerOptions layer)
    {
        _layers.Add(layer);
        return this;
    }

    /// <summary>Freezes the layers so far: training leaves their weights as they are, and the running statistics of a batch norm.</summary>
    public NetworkBuilder Freeze()
    {
        for (int l = 0; l < _layers.Count; l++)
        {
            _layers[l] = _layers[l] with { Frozen = true };
        }

        return this;
    }

    /// <summary>Adds a <see cref="Layers.Conv2d"/>.</summary>
    /// <param name="filters">Number of filters.</param>
    /// <param name="kernel">Rows and columns of a filter.</param>
    /// <param name="stride">Rows and columns from one window to the next; 1 when null.</param>
    /// <param name="padding">Zeros around the input; none when null.</param>
    /// <param name="bias">Whether each filter has a bias.</param>
    /// <param name="activation">A name from <see cref="Activation"/>, or null for none.</param>
    /// <param name="dilation">Spacing between the elements of a filter, in rows and columns of the input; 1 when null.</param>
    /// <param name="groups">Number of groups of channels and filters.</param>
    /// <param name="initializer">A name from <see cref="WeightInitializer"/>, or null for He normal.</param>
    public NetworkBuilder Conv2d(
        int filters,
        Size2d kernel,
        Size2d? stride = null,
        Size2d? padding = null,
        bool bias = true,
        string? activation = null,
        Size2d? dilation = null,
        int groups = 1,
        string? initializer = null) =>
        Add(new Conv2dOptions
        {
            Filters = filters,
            Kernel = kernel,
            Stride = stride ?? 1,
            Padding = padding ?? 0,
            Dilation = dilation ?? 1,
            Groups = groups,
            Bias = bias,
            Activation = activation,
            Initializer = initializer,
        });

    /// <summary>Adds a <see cref="Layers.MaxPool2d"/>.</summary>
    /// <param name="window">Rows and columns of a window.</param>
    /// <param name="stride">Rows and columns from one window to the next; the window's when null.</param>
    public NetworkBuilder MaxPool2d(Size2d window, Size2d? stride = null) => Add(new MaxPool2dOptions { Window = window, Stride = stride });

    /// <summary>Adds an <see cref="Layers.AveragePool2d"/>.</summary>
    /// <param name="window">Rows and columns of a window.</param>
    /// <param name="stride">Rows and columns from one window to the next; the window's when null.</param>
    public NetworkBuilder AveragePool2d(Size2d window, Size2d? stride = null) => Add(new AveragePool2dOptions { Window = window, Stride = stride });

    /// <summary>Adds a <see cref="Layers.GlobalAveragePool"/>.</summary>
    public NetworkBuilder GlobalAveragePool() => Add(new GlobalAveragePoolOptions());

    /// <summary>Adds a <see cref="Layers.BatchNorm2d"/>.</summary>
    /// <param name="momentum">Weight of a step's statistics in the running averages.</param>
    /// <param name="epsilon">Constant added to the variance.</param>
    public NetworkBuilder BatchNorm2d(double momentum = 0.1, double epsilon = 1e-5) =>
        Add(new BatchNorm2dOptions { Momentum = momentum, Epsilon = epsilon });

    /// <summary>Adds a <see cref="Layers.Residual"/>.</summary>
    /// <param name="layers">Number of layers before it that the shortcut skips.</param>
    /// <param name="activation">A name from <see cref="Activation"/>, or null for none.</param>
    public NetworkBuilder Residual(int layers, string? activation = null) => Add(new ResidualOptions { Layers = layers, Activation = activation });

    /// <summary>Adds a <see cref="Layers.Flatten"/>.</summary>
    public NetworkBuilder Flatten() => Add(new FlattenOptions());

    /// <summary>Adds a <see cref="Layers.Relu"/>.</summary>
    public NetworkBuilder Relu() => Add(new ReluOptions());

    /// <summary>Adds an activation with its default options.</summary>
    /// <param name="name">A name from <see cref="Activation"/>.</param>
    /// <exception cref="ArgumentException">No activation has the name.</exception>
    public NetworkBuilder Activate(string name) => Add(Activation.Find(name) ?? throw new ArgumentException(
        $"Activation '{name}' is not known; {Options.NearestName.Hint(name, Activation.Names)}", nameof(name)));

    /// <summary>Adds a <see cref="Layers.Dropout"/>.</summary>
    /// <param name="rate">Fraction of the values dropped in training.</param>
    public NetworkBuilder Dropout(double rate) => Add(new DropoutOptions { Rate = rate });

    /// <summary>Adds a <see cref="Layers.Dropout2d"/>.</summary>
    /// <param name="rate">Fraction of the channels dropped in training.</param>
    public NetworkBuilder Dropout2d(double rate) => Add(new Dropout2dOptions { Rate = rate });

    /// <summary>Adds a <see cref="Layers.Dense"/>.</summary>
    /// <param name="units">Number of outputs.</param>
    /// <param name="activation">A name from <see cref="Activation"/>, or null for none.</param>
    /// <param name="dropout">Fraction of the outputs dropped in training, after the activation.</param>
    /// <param name="bias">Whether each output has a bias.</param>
    /// <param name="initializer">A name from <see cref="WeightInitializer"/>, or null for He normal.</param>
    public NetworkBuilder Dense(int units, string? activation = null, double dropout = 0, bool bias = true, string? initializer = null) =>
        Add(new DenseOptions { Units = units, Activation = activation, Dropout = dropout, Bias = bias, Initializer = initializer });

    /// <summary>Builds the network.</summary>
    /// <exception cref="NetworkException">A layer does not fit.</exception>
    public Network Build() => Network.Build(input, _layers);
}
