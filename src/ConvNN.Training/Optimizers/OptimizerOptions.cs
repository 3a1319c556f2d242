using ConvNN.Kernels;
using ConvNN.Kernels.Optimizers;
using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>An optimizer as people choose it: section <c>Training:Optimizer</c>, or an object in code. A name converts to it.</summary>
public abstract record OptimizerOptions : TypedOptions
{
    /// <summary>The key of <see cref="WeightDecay"/>.</summary>
    protected const string WeightDecayKey = "WeightDecay";

    /// <summary>The key of <see cref="Decoupled"/>.</summary>
    protected const string DecoupledKey = "Decoupled";

    /// <summary>The options that every optimizer has; those with decoupled decay by definition have the first alone.</summary>
    protected static readonly IReadOnlyList<OptionSpec> Decay =
    [
        OptionSpec.Number(WeightDecayKey, "λ of weight decay, for biases too", minimum: 0, below: 1000, otherwise: 0),
        OptionSpec.Boolean(DecoupledKey, "whether decay scales the weights, w · (1 − rate · λ), and is not part of the gradient", otherwise: false),
    ];

    /// <summary>λ of weight decay; biases are treated like weights.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Whether decay scales the weights by 1 − η·λ (Loshchilov and Hutter, arXiv:1711.05101), and is not added to the gradient as λ·w.</summary>
    public bool Decoupled { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values => [new(WeightDecayKey, WeightDecay), new(DecoupledKey, Decoupled)];

    /// <summary>The optimizer of a name, with its defaults.</summary>
    /// <param name="name">A registered name: <c>adam</c>.</param>
    /// <exception cref="ConfigurationException">No optimizer has the name.</exception>
    public static implicit operator OptimizerOptions(string name) => OptimizerRegistry.Types.Find(name);

    /// <summary>Creates the optimizer of a run.</summary>
    /// <param name="kernels">The kernels of the run.</param>
    /// <param name="length">Floats of the trained part of the weights.</param>
    public abstract IOptimizer Create(KernelSet kernels, int length);

    /// <summary>What decay does in a step.</summary>
    /// <param name="learningRate">The step's learning rate.</param>
    internal DecayFactors DecayAt(float learningRate) =>
        WeightDecay == 0 ? DecayFactors.None
        : Decoupled ? new DecayFactors(0, (float)(1 - (learningRate * WeightDecay)))
        : new DecayFactors((float)WeightDecay, 1);
}
