using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Optimizers;

/// <summary>The kinds of <see cref="WeightUpdate"/>.</summary>
internal enum UpdateKind
{
    /// <summary><c>w ← g</c>.</summary>
    Assign,

    /// <summary>Plain SGD.</summary>
    Descent,

    /// <summary>SGD with momentum.</summary>
    Momentum,

    /// <summary>RMSProp.</summary>
    RmsProp,

    /// <summary>Adam.</summary>
    Adam,

    /// <summary>Lion.</summary>
    Lion,
}

/// <summary>
/// How one step of an optimizer changes weights. Element i of weights and state depends only on element i of the operands, so a step
/// can be split anywhere. The default value stores the gradient in place of the weight.
/// </summary>
/// <remarks>
/// Coupled weight decay first computes <c>g ← λ · w + g</c> (rounded once); decoupled weight decay replaces w in the update by
/// <c>w · (1 − η·λ)</c>. Where weight, gradient and state are 0 they stay 0 if ε is above 0, so the padding of rows stays 0.
/// </remarks>
public readonly ref struct WeightUpdate
{
    internal UpdateKind Kind { get; private init; }

    internal Span<float> Means { get; private init; }

    internal Span<float> Squares { get; private init; }

    internal Span<float> Buffer { get; private init; }

    internal Span<float> Average { get; private init; }

    internal float AverageShare { get; private init; }

    internal SquareSums SquareSums { get; private init; }

    internal DescentStep DescentStep { get; private init; }

    internal MomentumStep MomentumStep { get; private init; }

    internal RmsPropStep RmsPropStep { get; private init; }

    internal AdamStep AdamStep { get; private init; }

    internal LionStep LionStep { get; private init; }

    /// <summary>A plain SGD step, <c>w ← w − η · g</c>, rounded once; without decay, nothing else is computed.</summary>
    /// <param name="step">The parameters of the step.</param>
    public static WeightUpdate Descent(DescentStep step) => new() { Kind = UpdateKind.Descent, DescentStep = step };

    /// <summary>
    /// An SGD step with momentum, <c>b ← μ · b + g</c>, <c>w ← w − η · b</c>. Nesterov momentum uses <c>μ · b + g</c> instead of b in
    /// the second formula.
    /// </summary>
    /// <param name="buffer">b; changed in place.</param>
    /// <param name="step">The parameters of the step.</param>
    public static WeightUpdate Momentum(Span<float> buffer, MomentumStep step) => new() { Kind = UpdateKind.Momentum, Buffer = buffer, MomentumStep = step };

    /// <summary>
    /// An RMSProp step, <c>v ← α · v + (1 − α) · g²</c>, <c>w ← w − η · g / (√v + ε)</c>. The centred variant, with
    /// <c>m ← α · m + (1 − α) · g</c>, takes the root of <c>max(v − m², 0)</c>. With momentum, the update is
    /// <c>b ← μ · b + g / (√v + ε)</c>, <c>w ← w − η · b</c>.
    /// </summary>
    /// <param name="squares">v; changed in place.</param>
    /// <param name="means">m; changed in place. Empty if not centred.</param>
    /// <param name="buffer">b; changed in place. Empty without momentum.</param>
    /// <param name="step">The parameters of the step.</param>
    public static WeightUpdate RmsProp(Span<float> squares, Span<float> means, Span<float> buffer, RmsPropStep step) =>
        new() { Kind = UpdateKind.RmsProp, Squares = squares, Means = means, Buffer = buffer, RmsPropStep = step };

    /// <summary>
    /// An Adam step, <c>m ← β₁ · m + (1 − β₁) · g</c>, <c>v ← β₂ · v + (1 − β₂) · g²</c>,
    /// <c>w ← w − η / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)</c>.
    /// </summary>
    /// <param name="means">m; changed in place.</param>
    /// <param name="squares">v; changed in place.</param>
    /// <param name="step">The parameters of the step.</param>
    public static WeightUpdate Adam(Span<float> means, Span<float> squares, AdamStep step) =>
        new() { Kind = UpdateKind.Adam, Means = means, Squares = squares, AdamStep = step };

    /// <summary>A Lion step, <c>w ← w − η · sign(β₁ · m + (1 − β₁) · g)</c>, then <c>m ← β₂ · m + (1 − β₂) · g</c>.</summary>
    /// <param name="means">m; changed in place.</param>
    /// <param name="step">The parameters of the step.</param>
    public static WeightUpdate Lion(Span<float> means, LionStep step) => new() { Kind = UpdateKind.Lion, Means = means, LionStep = step };

    /// <summary>The same update, after which a moving average takes the weights, <c>a ← a + share · (w − a)</c>.</summary>
    /// <param name="average">a; changed in place.</param>
    /// <param name="share">The share of w in the result, from 0 to 1.</param>
    public WeightUpdate WithAverage(Span<float> average, float share) => this with { Average = average, AverageShare = share };

    /// <summary>The same update, beside which a dense layer sums the squares of its mean gradient.</summary>
    /// <param name="sums">Where the sums go.</param>
    public WeightUpdate WithSquareSums(SquareSums sums) => this with { SquareSums = sums };

    /// <summary>The update of a slice of the weights.</summary>
    /// <param name="start">The first weight of the slice.</param>
    /// <param name="length">Weights in the slice.</param>
    public WeightUpdate Slice(int start, int length) => this with
    {
        Means = Means.IsEmpty ? default : Means.Slice(start, length),
        Squares = Squares.IsEmpty ? default : Squares.Slice(start, length),
        Buffer = Buffer.IsEmpty ? default : Buffer.Slice(start, length),
        Average = Average.IsEmpty ? default : Average.Slice(start, length),
    };

    /// <summary>Throws unless each state has an element for each of the weights.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    internal void Check(ReadOnlySpan<float> weights)
    {
        bool hasMeans = Kind is UpdateKind.Adam or UpdateKind.Lion || !Means.IsEmpty;
        bool hasSquares = Kind is UpdateKind.RmsProp or UpdateKind.Adam;
        bool hasBuffer = Kind is UpdateKind.Momentum || !Buffer.IsEmpty;
        KernelGuard.SameLength(weights, hasMeans ? Means : weights, "weights", "means");
        KernelGuard.SameLength(weights, hasSquares ? Squares : weights, "weights", "squares");
        KernelGuard.SameLength(weights, hasBuffer ? Buffer : weights, "weights", "buffer");
        KernelGuard.SameLength(weights, Average.IsEmpty ? weights : Average, "weights", "average");
    }
}
