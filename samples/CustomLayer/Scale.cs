using ConvNN.Kernels.Sums;
using ConvNN.Model.Layers;
using ConvNN.Model.Options;
using ConvNN.Model.Parameters;

/// <summary>Options of <see cref="Scale"/>.</summary>
public sealed record ScaleOptions : LayerOptions
{
    /// <summary>What every factor starts at.</summary>
    public double Start { get; init => field = Checked(value); } = 1;

    public override TypeDefinition Definition => Scale.Type;

    public override string NamePrefix => "scale";

    public override string Summary => $"{Start}";

    public override void AddTo(LayerStack stack) => stack.Add(site => new Scale(this, site));
}

/// <summary>A trained factor for each channel, <c>y[c] = γ[c] · x[c]</c>. Any shape; a vector has one value per channel.</summary>
public sealed class Scale(ScaleOptions options, LayerSite site) : Layer(site, site.Input)
{
    private readonly Parameter _gamma = site.AddParameter(0, "weight", [site.Input.Channels], Initializer.Constant((float)options.Start));

    /// <summary>The registration: name, sentence, defaults and options. Reading, messages and the schema come from here.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define(
        "scale",
        "A trained factor for each channel.",
        () => new ScaleOptions(),
        Option.Of("Start", ValueKinds.Number(NumberRange.AtLeast(-10).AtMost(10)), (ScaleOptions o) => o.Start, (o, v) => o with { Start = v }, "what every factor starts at"));

    public override bool HasParameters => true;

    public override long Operations => Input.Count;

    private int Positions => Input.Height * Input.Width;

    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context) => Multiply(x, y, context);

    public override void InputGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) =>
        Multiply(dy, dx, context);

    // The same bits for any number of workers: a leaf of samples is one chain from +0, and leaves join pairwise.
    public override void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, SubtreeGradient gradient, in LayerContext context)
    {
        Span<float> leaves = stackalloc float[gradient.Edges.Length - 1];
        for (int c = 0; c < Input.Channels; c++)
        {
            for (int h = 0; h < leaves.Length; h++)
            {
                float sum = 0;
                for (int n = gradient.Edges[h]; n < gradient.Edges[h + 1]; n++)
                {
                    int start = (n * Input.Stride) + (c * Positions);
                    for (int i = start; i < start + Positions; i++)
                    {
                        sum = MathF.FusedMultiplyAdd(x[i], dy[i], sum);
                    }
                }

                leaves[h] = sum + 0f;
            }

            gradient.Of(_gamma)[c] = SumTree.Join(leaves);
        }
    }

    // In double precision, as the formula has it: what check-gradients compares with.
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = context.Value(_gamma)[i / Positions] * x[i];
        }
    }

    private void Multiply(ReadOnlySpan<float> from, Span<float> to, in LayerContext context)
    {
        ReadOnlySpan<float> gamma = context.Value(_gamma);
        for (int n = 0; n < context.Samples; n++)
        {
            for (int i = 0; i < Input.Count; i++)
            {
                to[(n * Input.Stride) + i] = gamma[i / Positions] * from[(n * Input.Stride) + i];
            }
        }

        Output.ClearPadding(to, context.Samples);
    }
}
