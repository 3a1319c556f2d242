using ConvNN.Kernels;
using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>Options of <see cref="RmsProp"/>.</summary>
public sealed record RmsPropOptions : OptimizerOptions
{
    private const string AlphaKey = "Alpha";
    private const string EpsilonKey = "Epsilon";

    /// <summary>The registration.</summary>
    public static TypeDefinition<OptimizerOptions> Registration { get; } = new(
        "rmsprop",
        "RMSProp: steps divided by a running root mean square of the gradient.",
        [
            OptionSpec.Number(AlphaKey, "share of the mean square that is kept", minimum: 0, below: 1, otherwise: 0.99),
            OptionSpec.Number(EpsilonKey, "added to what is divided by", minimum: 1e-20, below: 1, otherwise: 1e-8),
            .. Decay,
        ],
        values => new RmsPropOptions
        {
            Alpha = values.Get<double>(AlphaKey),
            Epsilon = values.Get<double>(EpsilonKey),
            WeightDecay = values.Get<double>(WeightDecayKey),
            Decoupled = values.Get<bool>(DecoupledKey),
        });

    /// <summary>α, in [0, 1).</summary>
    public double Alpha { get; init; } = 0.99;

    /// <summary>ε, above 0.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values => [new(AlphaKey, Alpha), new(EpsilonKey, Epsilon), .. base.Values];

    /// <inheritdoc/>
    public override IOptimizer Create(KernelSet kernels, int length) => new RmsProp(kernels, this, length);
}

/// <summary>
/// RMSProp, <c>v ← α · v + (1 − α) · g²</c>, <c>w ← w − η · g / (√v + ε)</c> (Hinton's lecture 6e, 2012; PyTorch
/// <c>optim.RMSprop</c>, neither centred nor with momentum). Decay as in <see cref="Sgd"/>.
/// </summary>
/// <param name="kernels">The kernels of the run.</param>
/// <param name="options">Its options.</param>
/// <param name="length">Floats of the trained part of the weights.</param>
public sealed class RmsProp(KernelSet kernels, RmsPropOptions options, int length) : IOptimizer
{
    private readonly AlignedBuffer _squares = new(length);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, AlignedBuffer> State => new Dictionary<string, AlignedBuffer> { ["square_avg"] = _squares };

    /// <inheritdoc/>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step) =>
        kernels.Optimizer.RmsProp(
            weights,
            gradients,
            _squares.Span.Slice(start, weights.Length),
            new RmsPropStep(learningRate, (float)options.Alpha, (float)(1 - options.Alpha), (float)options.Epsilon, options.DecayAt(learningRate)));
}
