using ConvNN.Kernels;
using ConvNN.Kernels.Functions;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>Options of <see cref="Adam"/>.</summary>
public record AdamOptions : OptimizerOptions
{
    /// <summary>The options of both kinds, decay apart.</summary>
    protected static readonly IReadOnlyList<Option> Specs =
    [
        Option.Of("Beta1", ValueKinds.Share, (AdamOptions o) => o.Beta1, (o, v) => o with { Beta1 = v }, "decay rate of the running mean of the gradient"),
        Option.Of("Beta2", ValueKinds.Share, (AdamOptions o) => o.Beta2, (o, v) => o with { Beta2 = v }, "decay rate of the running mean square"),
        Option.Of("Epsilon", ValueKinds.Number(NumberRange.AtLeast(1e-20).Below(1)), (AdamOptions o) => o.Epsilon, (o, v) => o with { Epsilon = v }, "constant added to the denominator"),
    ];

    /// <summary>The registration.</summary>
    public static TypeDefinition<OptimizerOptions> Registration { get; } = new(
        "adam",
        "Adam: a running mean of the gradient, divided by its running root mean square.",
        () => new AdamOptions(),
        [.. Specs, .. Decay]);

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Checked(value); } = 0.9;

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Checked(value); } = 0.999;

    /// <summary>ε, above 0.</summary>
    public double Epsilon { get; init => field = Checked(value); } = 1e-8;

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override IOptimizer Create(KernelSet kernels, int length) => new Adam(kernels, this, length);
}

/// <summary>
/// Adam, <c>m ← β₁ · m + (1 − β₁) · g</c>, <c>v ← β₂ · v + (1 − β₂) · g²</c>,
/// <c>w ← w − η · m̂ / (√v̂ + ε)</c> with <c>m̂ = m / (1 − β₁ᵗ)</c> and <c>v̂ = v / (1 − β₂ᵗ)</c> in step t
/// (Kingma and Ba, arXiv:1412.6980; PyTorch <c>optim.Adam</c>). Decay as in <see cref="Sgd"/>; decoupled it is AdamW's.
/// </summary>
/// <remarks>The corrections are computed in double, by our own power: the same bits everywhere, and for every slice.</remarks>
/// <param name="kernels">The kernels of the run.</param>
/// <param name="options">Its options.</param>
/// <param name="length">Floats of the trained part of the weights.</param>
public sealed class Adam(KernelSet kernels, AdamOptions options, int length) : IOptimizer
{
    private readonly AlignedBuffer _means = new(length);
    private readonly AlignedBuffer _squares = new(length);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, AlignedBuffer> State => new Dictionary<string, AlignedBuffer> { ["exp_avg"] = _means, ["exp_avg_sq"] = _squares };

    /// <inheritdoc/>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step) =>
        kernels.Optimizer.Apply(Update(start, weights.Length, learningRate, step), weights, gradients);

    /// <inheritdoc/>
    public bool TryUpdate(int start, int length, float learningRate, long step, out WeightUpdate update)
    {
        update = Update(start, length, learningRate, step);
        return true;
    }

    private WeightUpdate Update(int start, int length, float learningRate, long step) => WeightUpdate.Adam(
        _means.Span.Slice(start, length),
        _squares.Span.Slice(start, length),
        new AdamStep(
            StepSize: (float)(learningRate / (1 - Elementary.Pow(options.Beta1, step))),
            (float)options.Beta1,
            (float)(1 - options.Beta1),
            (float)options.Beta2,
            (float)(1 - options.Beta2),
            RootScale: (float)(1 / Math.Sqrt(1 - Elementary.Pow(options.Beta2, step))),
            (float)options.Epsilon,
            options.DecayAt(learningRate)));
}
