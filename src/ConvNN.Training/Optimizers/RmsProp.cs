using ConvNN.Kernels;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>Options of <see cref="RmsProp"/>.</summary>
public sealed record RmsPropOptions : OptimizerOptions
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<OptimizerOptions> Registration { get; } = new(
        "rmsprop",
        "RMSProp: steps divided by a running root mean square of the gradient.",
        () => new RmsPropOptions(),
        [
            Option.Of("Alpha", ValueKinds.Share, (RmsPropOptions o) => o.Alpha, (o, v) => o with { Alpha = v }, "decay rate of the running mean square"),
            Option.Of("Epsilon", ValueKinds.Number(NumberRange.AtLeast(1e-20).Below(1)), (RmsPropOptions o) => o.Epsilon, (o, v) => o with { Epsilon = v }, "constant added to the denominator"),
            Option.Of("Momentum", ValueKinds.Share, (RmsPropOptions o) => o.Momentum, (o, v) => o with { Momentum = v }, "fraction of the previous direction that is kept; 0 for none"),
            Option.Of("Centered", ValueKinds.Boolean, (RmsPropOptions o) => o.Centered, (o, v) => o with { Centered = v }, "whether steps are divided by the running standard deviation instead"),
            .. Decay,
        ]);

    /// <summary>α, in [0, 1).</summary>
    public double Alpha { get; init => field = Checked(value); } = 0.99;

    /// <summary>ε, above 0.</summary>
    public double Epsilon { get; init => field = Checked(value); } = 1e-8;

    /// <summary>μ, in [0, 1); 0 for none.</summary>
    public double Momentum { get; init => field = Checked(value); }

    /// <summary>Whether the mean of the gradient is taken off its mean square.</summary>
    public bool Centered { get; init; }

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override IOptimizer Create(KernelSet kernels, int length) => new RmsProp(kernels, this, length);
}

/// <summary>
/// RMSProp, <c>v ← α · v + (1 − α) · g²</c>, <c>w ← w − η · g / (√v + ε)</c> (Hinton's lecture 6e, 2012; PyTorch
/// <c>optim.RMSprop</c>): centred, <c>√(v − m²)</c> stands for <c>√v</c>, with <c>m ← α · m + (1 − α) · g</c> (Graves,
/// arXiv:1308.0850); with momentum steps are <c>b ← μ · b + g / (√v + ε)</c>. Decay as in <see cref="Sgd"/>.
/// </summary>
/// <param name="kernels">The kernels of the run.</param>
/// <param name="options">Its options.</param>
/// <param name="length">Floats of the trained part of the weights.</param>
public sealed class RmsProp(KernelSet kernels, RmsPropOptions options, int length) : IOptimizer
{
    private readonly AlignedBuffer _squares = new(length);
    private readonly AlignedBuffer? _means = options.Centered ? new(length) : null;
    private readonly AlignedBuffer? _buffer = options.Momentum > 0 ? new(length) : null;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, AlignedBuffer> State
    {
        get
        {
            Dictionary<string, AlignedBuffer> state = new() { ["square_avg"] = _squares };
            if (_means is not null)
            {
                state["grad_avg"] = _means;
            }

            if (_buffer is not null)
            {
                state["momentum_buffer"] = _buffer;
            }

            return state;
        }
    }

    /// <inheritdoc/>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step) =>
        kernels.Optimizer.Apply(Update(start, weights.Length, learningRate), weights, gradients);

    /// <inheritdoc/>
    public bool TryUpdate(int start, int length, float learningRate, long step, out WeightUpdate update)
    {
        update = Update(start, length, learningRate);
        return true;
    }

    private WeightUpdate Update(int start, int length, float learningRate) => WeightUpdate.RmsProp(
        _squares.Span.Slice(start, length),
        _means is null ? default : _means.Span.Slice(start, length),
        _buffer is null ? default : _buffer.Span.Slice(start, length),
        new RmsPropStep(learningRate, (float)options.Alpha, (float)(1 - options.Alpha), (float)options.Epsilon, (float)options.Momentum, options.DecayAt(learningRate)));
}
