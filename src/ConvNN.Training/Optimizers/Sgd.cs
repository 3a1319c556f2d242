using ConvNN.Kernels;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>Options of <see cref="Sgd"/>.</summary>
public sealed record SgdOptions : OptimizerOptions
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<OptimizerOptions> Registration { get; } = new(
        "sgd",
        "Plain stochastic gradient descent.",
        () => new SgdOptions(),
        Decay);

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override IOptimizer Create(KernelSet kernels, int length) => new Sgd(kernels, this);
}

/// <summary>
/// Plain stochastic gradient descent, <c>w ← w − η · g</c>, rounded once (PyTorch <c>optim.SGD</c> without momentum);
/// with coupled decay <c>g + λ·w</c> for g, with decoupled <c>w · (1 − η·λ)</c> for the first w.
/// </summary>
/// <param name="kernels">The kernels of the run.</param>
/// <param name="options">Its decay; null for none.</param>
public sealed class Sgd(KernelSet kernels, SgdOptions? options = null) : IOptimizer
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, AlignedBuffer> State { get; } = new Dictionary<string, AlignedBuffer>();

    /// <inheritdoc/>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step) =>
        kernels.Optimizer.Apply(Update(learningRate), weights, gradients);

    /// <inheritdoc/>
    public bool TryUpdate(int start, int length, float learningRate, long step, out WeightUpdate update)
    {
        update = Update(learningRate);
        return true;
    }

    private WeightUpdate Update(float learningRate) =>
        WeightUpdate.Descent(new DescentStep(learningRate, options?.DecayAt(learningRate) ?? DecayFactors.None));
}
