using ConvNN.Kernels.Normalization;
using ConvNN.Kernels.Sums;
using ConvNN.Model.Options;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="BatchNorm2d"/>.</summary>
public sealed record BatchNorm2dOptions : LayerOptions
{
    /// <summary>Weight of a step's statistics in the running averages.</summary>
    public double Momentum { get; init => field = Checked(value); } = 0.1;

    /// <summary>Constant added to the variance.</summary>
    public double Epsilon { get; init => field = Checked(value); } = 1e-5;

    /// <inheritdoc/>
    public override TypeDefinition Definition => BatchNorm2d.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "norm";

    /// <inheritdoc/>
    public override string Summary => "";

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new BatchNorm2d(this, site));
}

/// <summary>
/// Batch normalisation, <c>y = γ · (x − mean) / √(variance + ε) + β</c> per channel (Ioffe and Szegedy, arXiv:1502.03167; PyTorch
/// <c>nn.BatchNorm2d</c>, ONNX <c>BatchNormalization</c>). x and y [N, C, H, W]; γ, β and the running mean and variance [C].
/// </summary>
/// <remarks>
/// In training, mean and variance are those of a leaf of samples, whichever worker computes it ("ghost" batch norm, Hoffer et
/// al., arXiv:1705.08741). Leaves have at least 16 samples if the batch is large enough; with a single leaf, everything is as
/// in PyTorch. In inference they are running averages. Each step moves these by the fraction momentum towards the moments of
/// the whole step, which are merged from the leaves in order; the running variance has the divisor n − 1. A frozen layer keeps
/// them, and normalises with them in training, too, like PyTorch's in eval mode.
/// </remarks>
public sealed class BatchNorm2d : Layer
{
    private readonly Parameter _gamma;
    private readonly Parameter _beta;
    private readonly Parameter _mean;
    private readonly Parameter _variance;
    private readonly double _momentum;
    private readonly double _epsilon;
    private readonly int _statistics;

    /// <summary>Creates the layer and its parameters: γ and the running variance start at 1, β and the running mean at 0.</summary>
    /// <param name="options">The options.</param>
    /// <param name="site">Its place in the network.</param>
    /// <exception cref="LayerMisfitException">The input is a vector.</exception>
    public BatchNorm2d(BatchNorm2dOptions options, LayerSite site)
        : base(site, site.Input)
    {
        if (Input.IsVector)
        {
            throw new LayerMisfitException($"batchnorm2d needs an image but gets a vector of {Input}; put it before the flatten layer.");
        }

        (_momentum, _epsilon) = (options.Momentum, options.Epsilon);
        int[] channels = [Input.Channels];
        _gamma = site.AddParameter(0, "weight", channels, Initializer.Constant(1));
        _beta = site.AddParameter(1, "bias", channels, Initializer.Zeros);
        _mean = site.AddParameter(2, "running_mean", channels, Initializer.Zeros, isTrained: false);
        _variance = site.AddParameter(3, "running_var", channels, Initializer.Constant(1), isTrained: false);
        _statistics = IsFrozen ? 0 : site.Layout.AddStatistics(2 * Input.Channels);
    }

    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define(
        "batchnorm2d",
        "Normalises each channel by its mean and variance over a leaf of the batch.",
        () => new BatchNorm2dOptions(),
        Option.Of("Momentum", ValueKinds.Number(NumberRange.AtLeast(0).AtMost(1)), (BatchNorm2dOptions o) => o.Momentum, (o, v) => o with { Momentum = v }, "weight of a step's statistics in the running averages"),
        Option.Of("Epsilon", ValueKinds.Number(NumberRange.AtLeast(1e-12).Below(1)), (BatchNorm2dOptions o) => o.Epsilon, (o, v) => o with { Epsilon = v }, "constant added to the variance"));

    /// <inheritdoc/>
    public override bool HasParameters => true;

    /// <inheritdoc/>
    public override long Operations => 2L * Input.Count;

    /// <inheritdoc/>
    public override int MinLeafSamples => IsFrozen ? 1 : 16;

    private int Positions => Input.Height * Input.Width;

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context)
    {
        if (!context.Run.IsTraining || IsFrozen)
        {
            for (int c = 0; c < Input.Channels; c++)
            {
                context.Kernels.BatchNorm.Forward(x, y, Plane(c), Running(c, context));
            }

            return;
        }

        LeafRun leaves = Leaves(context);
        for (int h = 0; h < leaves.Count; h++)
        {
            Range samples = Samples(leaves, h);
            Span<double> noted = leaves.Of(h)[_statistics..];
            for (int c = 0; c < Input.Channels; c++)
            {
                Moments moments = MomentKernels.OfChannel(x[samples], Input.Channels, Positions, c, Input.Stride);
                (noted[2 * c], noted[(2 * c) + 1]) = (moments.Mean, moments.M2);
                context.Kernels.BatchNorm.Forward(x[samples], y[samples], Plane(c), Norm(c, moments, context));
            }
        }
    }

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        for (int i = 0; i < x.Length; i++)
        {
            int c = i / Positions;
            y[i] = Define(x[i], context.Value(_mean)[c], context.Value(_variance)[c], c, context);
        }
    }

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context)
    {
        if (!context.Run.IsTraining || IsFrozen)
        {
            for (int c = 0; c < Input.Channels; c++)
            {
                context.Kernels.BatchNorm.InputGradientOfConstants(dy, dx, Plane(c), Running(c, context));
            }

            return;
        }

        LeafRun leaves = Leaves(context);
        for (int h = 0; h < leaves.Count; h++)
        {
            Range samples = Samples(leaves, h);
            for (int c = 0; c < Input.Channels; c++)
            {
                context.Kernels.BatchNorm.InputGradient(x[samples], dy[samples], dx[samples], Plane(c), Norm(c, Noted(leaves, h, c), context));
            }
        }
    }

    /// <inheritdoc/>
    public override void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, SubtreeGradient gradient, in LayerContext context)
    {
        LeafRun leaves = Leaves(context);
        int first = gradient.Lo - leaves.First, count = gradient.Hi - gradient.Lo;
        Span<float> gammas = stackalloc float[count], betas = stackalloc float[count];
        for (int c = 0; c < Input.Channels; c++)
        {
            for (int h = 0; h < count; h++)
            {
                Range samples = Samples(leaves, first + h);
                Moments moments = Noted(leaves, first + h, c);
                (double sum, double product) = BatchNormKernels.Sums(x[samples], dy[samples], Plane(c), moments.Mean);
                betas[h] = (float)sum + 0f;
                gammas[h] = (float)(product * Norm(c, moments, context).InverseDeviation) + 0f;
            }

            gradient.Of(_gamma)[c] = SumTree.Join(gammas);
            gradient.Of(_beta)[c] = SumTree.Join(betas);
        }
    }

    /// <inheritdoc/>
    public override void TakeStatistics(LeafStatistics statistics, LeafCut cut, Span<float> weights)
    {
        for (int c = 0; c < Input.Channels && !IsFrozen; c++)
        {
            Moments step = default;
            for (int h = 0; h < cut.Leaves; h++)
            {
                ReadOnlySpan<double> noted = statistics.Of(h).Slice(_statistics + (2 * c), 2);
                long count = (long)(cut.Start(h + 1) - cut.Start(h)) * Positions;
                step = count == 0 ? step : Moments.Merge(step, new Moments(count, noted[0], noted[1]));
            }

            // A single value, such as the last image of an epoch over a map of one pixel, has no variance: it would pull the running
            // variance towards 0.
            if (step.Count > 1)
            {
                Move(ref weights[_mean.Offset + c], step.Mean);
                Move(ref weights[_variance.Offset + c], step.M2 / (step.Count - 1));
            }
        }
    }

    /// <inheritdoc/>
    internal override void DefineLeaf(double[][] x, double[][] y, Func<int, DefinitionContext> contexts)
    {
        if (!contexts(0).IsTraining || IsFrozen)
        {
            base.DefineLeaf(x, y, contexts);
            return;
        }

        for (int c = 0; c < Input.Channels; c++)
        {
            IEnumerable<double> values = x.SelectMany(sample => sample.Skip(c * Positions).Take(Positions));
            double mean = values.Average();
            double variance = values.Average(value => (value - mean) * (value - mean));
            for (int n = 0; n < x.Length; n++)
            {
                for (int i = c * Positions; i < (c + 1) * Positions; i++)
                {
                    y[n][i] = Define(x[n][i], mean, variance, c, contexts(n));
                }
            }
        }
    }

    private double Define(double x, double mean, double variance, int c, in DefinitionContext context) =>
        (context.Value(_gamma)[c] * (x - mean) / Math.Sqrt(variance + _epsilon)) + context.Value(_beta)[c];

    private static LeafRun Leaves(in LayerContext context) => context.Run.Leaves.Count > 0
        ? context.Run.Leaves
        : throw new InvalidOperationException("batchnorm2d trains on whole leaves, but the run of samples does not list its leaves.");

    private Range Samples(in LeafRun leaves, int h) => (leaves.Edges[h] * Input.Stride)..(leaves.Edges[h + 1] * Input.Stride);

    private ChannelSpan Plane(int c) => new(c * Positions, Positions, Input.Stride);

    private Moments Noted(in LeafRun leaves, int h, int c)
    {
        ReadOnlySpan<double> noted = leaves.Of(h).Slice(_statistics + (2 * c), 2);
        return new Moments((long)(leaves.Edges[h + 1] - leaves.Edges[h]) * Positions, noted[0], noted[1]);
    }

    private ChannelNorm Running(int c, in LayerContext context) => Norm(c, new Moments(1, context.Value(_mean)[c], context.Value(_variance)[c]), context);

    private ChannelNorm Norm(int c, in Moments moments, in LayerContext context) =>
        new(moments.Mean, 1 / Math.Sqrt(moments.Variance + _epsilon), context.Value(_gamma)[c], context.Value(_beta)[c]);

    private void Move(ref float running, double value) => running = (float)Math.FusedMultiplyAdd(_momentum, value - running, running);
}
