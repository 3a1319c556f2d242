using System.Numerics;
using System.Runtime.InteropServices;
using ConvNN.Kernels;
using ConvNN.Model.Options;
using ConvNN.Model.Randomness;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Dropout"/>.</summary>
public sealed record DropoutOptions : LayerOptions
{
    /// <summary>Fraction of the values dropped, in [0, 1).</summary>
    public required double Rate { get; init => field = Checked(value); }

    /// <inheritdoc/>
    public override TypeDefinition Definition => Dropout.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "dropout";

    /// <inheritdoc/>
    public override string Summary => Rate.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack) => stack.Add(site => new Dropout(Rate, site));
}

/// <summary>
/// Inverted dropout: in training, each value is dropped with probability p and the rest are scaled by 1 / (1 − p); in
/// inference, values pass unchanged (Srivastava et al. 2014; PyTorch <c>nn.Dropout</c>). Any shape.
/// </summary>
/// <remarks>
/// A value is dropped if the random word of (seed, layer, epoch, dataset index, unit) is below p · 2³²: the same image loses
/// the same units, whichever worker computes it.
/// </remarks>
public class Dropout : Layer
{
    private readonly uint _threshold;
    private readonly float _scale;

    // Number of consecutive values in a unit.
    private readonly int _unitLength;

    /// <summary>Creates the layer.</summary>
    /// <param name="rate">p, the fraction of the values dropped.</param>
    /// <param name="site">Its place in the network.</param>
    /// <exception cref="LayerMisfitException"><paramref name="rate"/> is not in [0, 1).</exception>
    public Dropout(double rate, LayerSite site)
        : this(rate, site, unitLength: 1)
    {
    }

    /// <summary>Creates a layer that drops units of several values.</summary>
    private protected Dropout(double rate, LayerSite site, int unitLength)
        : base(site, site.Input)
    {
        _unitLength = unitLength;
        if (rate is not (>= 0 and < 1))
        {
            throw new LayerMisfitException(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"dropout takes a rate of at least 0 and below 1 but gets {rate}."));
        }

        _threshold = (uint)(rate * 4294967296.0);
        _scale = (float)(1 / (1 - rate));
    }

    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define(
        "dropout",
        "Drops values at random in training.",
        () => new DropoutOptions { Rate = 0 },
        Option.Of("Rate", ValueKinds.Share, (DropoutOptions o) => o.Rate, (o, v) => o with { Rate = v }, "fraction of the values to drop") with { IsRequired = true });

    /// <inheritdoc/>
    public override int SavedBytes => checked(Input.Stride * sizeof(float));

    /// <inheritdoc/>
    public override int ScratchLength(KernelSet kernels) => Units;

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context)
    {
        if (!context.Run.IsTraining)
        {
            x.CopyTo(y);
            return;
        }

        Span<float> factors = Factors(context);
        Span<uint> words = MemoryMarshal.Cast<float, uint>(context.Scratch)[..Units];
        for (int n = 0; n < context.Samples; n++)
        {
            context.Run.Random(RandomPurpose.Dropout, Ordinal, n).Fill(words);
            Span<float> sample = factors.Slice(n * Input.Stride, Input.Stride);
            int u = 0;
            for (; _unitLength == 1 && u <= words.Length - Vector<uint>.Count; u += Vector<uint>.Count)
            {
                Vector<uint> dropped = Vector.LessThan(new Vector<uint>(words[u..]), new Vector<uint>(_threshold));
                Vector.ConditionalSelect(dropped.As<uint, float>(), Vector<float>.Zero, new Vector<float>(_scale)).CopyTo(sample[u..]);
            }

            for (; u < words.Length; u++)
            {
                sample.Slice(u * _unitLength, _unitLength).Fill(words[u] < _threshold ? 0f : _scale);
            }
        }

        context.Kernels.Elementwise.Multiply(x, factors, y);
    }

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        RandomStream random = context.Random(RandomPurpose.Dropout, Ordinal);
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = !context.IsTraining ? x[i] : random.Word((uint)(i / _unitLength)) < _threshold ? 0 : x[i] * _scale;
        }
    }

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context)
    {
        if (context.Run.IsTraining)
        {
            context.Kernels.Elementwise.Multiply(dy, Factors(context), dx);
        }
        else
        {
            dy.CopyTo(dx);
        }
    }

    private int Units => Input.Count / _unitLength;

    /// <summary>The factor for each value; 0 if it is dropped.</summary>
    private Span<float> Factors(in LayerContext context) => MemoryMarshal.Cast<byte, float>(context.Saved)[..(context.Samples * Input.Stride)];
}
