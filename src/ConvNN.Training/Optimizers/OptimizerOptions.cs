using ConvNN.Kernels;
using ConvNN.Kernels.Optimizers;
using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>An optimizer as people choose it: section <c>Training:Optimizer</c>, or an object in code. A name converts to it.</summary>
public abstract record OptimizerOptions : TypedOptions
{
    /// <summary>The options that every optimizer has; those with decoupled decay by definition have the first alone.</summary>
    protected static readonly IReadOnlyList<Option> Decay =
    [
        DecayOption("weight decay λ; also applied to biases"),
        Option.Of(
            "Decoupled",
            ValueKinds.Boolean,
            (OptimizerOptions o) => o.Decoupled,
            (o, v) => o with { Decoupled = v },
            "whether weight decay scales the weights, w · (1 − rate · λ), instead of being added to the gradient"),
    ];

    /// <summary>λ of weight decay; biases are treated like weights.</summary>
    public double WeightDecay { get; init => field = Checked(value); }

    /// <summary>Whether decay scales the weights by 1 − η·λ (Loshchilov and Hutter, arXiv:1711.05101), and is not added to the gradient as λ·w.</summary>
    public bool Decoupled { get; init; }

    /// <inheritdoc/>
    protected override string Section => OptimizerRegistry.Types.Path;

    /// <summary>The optimizer of a name, with its defaults.</summary>
    /// <param name="name">A registered name: <c>adam</c>.</param>
    /// <exception cref="ConfigurationException">No optimizer has the name.</exception>
    public static implicit operator OptimizerOptions(string name) => OptimizerRegistry.Types.Find(name);

    /// <summary>Creates the optimizer of a run.</summary>
    /// <param name="kernels">The kernels of the run.</param>
    /// <param name="length">Floats of the trained part of the weights.</param>
    public abstract IOptimizer Create(KernelSet kernels, int length);

    /// <summary>The declaration of <see cref="WeightDecay"/>.</summary>
    /// <param name="description">What it means.</param>
    protected static Option DecayOption(string description) => Option.Of(
        "WeightDecay",
        ValueKinds.Number(NumberRange.AtLeast(0).Below(1000)),
        (OptimizerOptions o) => o.WeightDecay,
        (o, v) => o with { WeightDecay = v },
        description);

    /// <summary>What decay does in a step.</summary>
    /// <param name="learningRate">The step's learning rate.</param>
    internal DecayFactors DecayAt(float learningRate) =>
        WeightDecay == 0 ? DecayFactors.None
        : Decoupled ? new DecayFactors(0, (float)(1 - (learningRate * WeightDecay)))
        : new DecayFactors((float)WeightDecay, 1);
}
