using ConvNN.Kernels;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>Options of <see cref="MomentumSgd"/>.</summary>
public record MomentumOptions : OptimizerOptions
{
    /// <summary>The options of both kinds.</summary>
    protected static readonly IReadOnlyList<Option> Specs =
    [
        Option.Of("Momentum", ValueKinds.Share, (MomentumOptions o) => o.Momentum, (o, v) => o with { Momentum = v }, "fraction of the previous direction that is kept"),
        .. Decay,
    ];

    /// <summary>The registration.</summary>
    public static TypeDefinition<OptimizerOptions> Registration { get; } = new(
        "momentum",
        "Gradient descent with momentum.",
        () => new MomentumOptions(),
        Specs);

    /// <summary>μ, in [0, 1).</summary>
    public double Momentum { get; init => field = Checked(value); } = 0.9;

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <summary>Whether steps look ahead.</summary>
    public virtual bool IsNesterov => false;

    /// <inheritdoc/>
    public override IOptimizer Create(KernelSet kernels, int length) => new MomentumSgd(kernels, this, length);
}

/// <summary>
/// Gradient descent with momentum, <c>b ← μ · b + g</c>, <c>w ← w − η · b</c>; Nesterov's, <c>w ← w − η · (μ · b + g)</c>
/// (PyTorch <c>optim.SGD</c> with <c>momentum</c>, <c>nesterov</c> and no dampening; Sutskever et al. 2013). Decay as in <see cref="Sgd"/>.
/// </summary>
/// <param name="kernels">The kernels of the run.</param>
/// <param name="options">Its options.</param>
/// <param name="length">Floats of the trained part of the weights.</param>
public sealed class MomentumSgd(KernelSet kernels, MomentumOptions options, int length) : IOptimizer
{
    private readonly AlignedBuffer _buffer = new(length);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, AlignedBuffer> State => new Dictionary<string, AlignedBuffer> { ["momentum_buffer"] = _buffer };

    /// <inheritdoc/>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step) =>
        kernels.Optimizer.Apply(Update(start, weights.Length, learningRate), weights, gradients);

    /// <inheritdoc/>
    public bool TryUpdate(int start, int length, float learningRate, long step, out WeightUpdate update)
    {
        update = Update(start, length, learningRate);
        return true;
    }

    private WeightUpdate Update(int start, int length, float learningRate) => WeightUpdate.Momentum(
        _buffer.Span.Slice(start, length),
        new MomentumStep(learningRate, (float)options.Momentum, options.IsNesterov, options.DecayAt(learningRate)));
}
