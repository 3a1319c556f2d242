using ConvNN.Kernels;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>Options of <see cref="Lion"/>. Its decay is decoupled by definition.</summary>
public sealed record LionOptions : OptimizerOptions
{
    /// <summary>Lion as its authors have it, without decay.</summary>
    public LionOptions() => Decoupled = true;

    /// <summary>The registration.</summary>
    public static TypeDefinition<OptimizerOptions> Registration { get; } = new(
        "lion",
        "Lion: steps of a fixed size, in the direction of the sign of a running mean of the gradient.",
        () => new LionOptions(),
        [
            Option.Of("Beta1", ValueKinds.Share, (LionOptions o) => o.Beta1, (o, v) => o with { Beta1 = v }, "weight of the running mean, against the new gradient, in the direction of a step"),
            Option.Of("Beta2", ValueKinds.Share, (LionOptions o) => o.Beta2, (o, v) => o with { Beta2 = v }, "decay rate of the running mean of the gradient"),
            DecayOption("weight decay λ, decoupled; also applied to biases"),
        ]);

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Checked(value); } = 0.9;

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Checked(value); } = 0.99;

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override IOptimizer Create(KernelSet kernels, int length) => new Lion(kernels, this, length);
}

/// <summary>
/// Lion, <c>w ← w · (1 − η·λ) − η · sign(β₁ · m + (1 − β₁) · g)</c>, then <c>m ← β₂ · m + (1 − β₂) · g</c>
/// (Chen et al., "Symbolic Discovery of Optimization Algorithms", arXiv:2302.06675, algorithm 2).
/// </summary>
/// <param name="kernels">The kernels of the run.</param>
/// <param name="options">Its options.</param>
/// <param name="length">Floats of the trained part of the weights.</param>
public sealed class Lion(KernelSet kernels, LionOptions options, int length) : IOptimizer
{
    private readonly AlignedBuffer _means = new(length);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, AlignedBuffer> State => new Dictionary<string, AlignedBuffer> { ["exp_avg"] = _means };

    /// <inheritdoc/>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step) =>
        kernels.Optimizer.Apply(Update(start, weights.Length, learningRate), weights, gradients);

    /// <inheritdoc/>
    public bool TryUpdate(int start, int length, float learningRate, long step, out WeightUpdate update)
    {
        update = Update(start, length, learningRate);
        return true;
    }

    private WeightUpdate Update(int start, int length, float learningRate) => WeightUpdate.Lion(
        _means.Span.Slice(start, length),
        new LionStep(
            learningRate,
            (float)options.Beta1,
            (float)(1 - options.Beta1),
            (float)options.Beta2,
            (float)(1 - options.Beta2),
            options.DecayAt(learningRate)));
}
