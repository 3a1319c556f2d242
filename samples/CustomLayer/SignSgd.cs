using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Options;
using ConvNN.Training.Optimizers;

/// <summary>Options of <see cref="SignSgd"/>.</summary>
public sealed record SignSgdOptions : OptimizerOptions
{
    /// <summary>Gradients of at most this size change nothing.</summary>
    public double Threshold { get; init => field = Checked(value); }

    public static TypeDefinition<OptimizerOptions> Registration { get; } = new(
        "signsgd",
        "Steps of one size against the sign of the gradient.",
        () => new SignSgdOptions(),
        Option.Of("Threshold", ValueKinds.Share, (SignSgdOptions o) => o.Threshold, (o, v) => o with { Threshold = v }, "gradients of at most this size change nothing"));

    public override TypeDefinition Definition => Registration;

    public override IOptimizer Create(KernelSet kernels, int length) => new SignSgd(this);
}

/// <summary>signSGD, <c>w ← w − η · sign(g)</c> (Bernstein et al., arXiv:1802.04434).</summary>
public sealed class SignSgd(SignSgdOptions options) : IOptimizer
{
    // Element i depends on element i alone, so a step may come in slices; without state there is nothing to keep.
    public IReadOnlyDictionary<string, AlignedBuffer> State { get; } = new Dictionary<string, AlignedBuffer>();

    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            if (Math.Abs(gradients[i]) > options.Threshold)
            {
                weights[i] -= learningRate * Math.Sign(gradients[i]);
            }
        }
    }
}
