namespace ConvNN.Kernels.Optimizers;

/// <summary>What a step does to the weights' size, beside following the gradient.</summary>
/// <param name="Gradient">λ of coupled decay, which adds λ · w to the gradient; 0 for none.</param>
/// <param name="Weight">1 − η · λ of decoupled decay, by which weights are multiplied first; 1 for none (Loshchilov and Hutter, arXiv:1711.05101).</param>
public readonly record struct DecayFactors(float Gradient, float Weight)
{
    /// <summary>No decay.</summary>
    public static DecayFactors None { get; } = new(0, 1);
}

/// <summary>The numbers of a step with momentum.</summary>
/// <param name="LearningRate">η.</param>
/// <param name="Momentum">μ.</param>
/// <param name="IsNesterov">Whether the step looks ahead, as Nesterov's does.</param>
/// <param name="Decay">The decay.</param>
public readonly record struct MomentumStep(float LearningRate, float Momentum, bool IsNesterov, DecayFactors Decay);

/// <summary>The numbers of a step of RMSProp.</summary>
/// <param name="LearningRate">η.</param>
/// <param name="Alpha">α, by which the mean square is kept.</param>
/// <param name="NewShare">1 − α.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Momentum">μ; 0 for none.</param>
/// <param name="Decay">The decay.</param>
public readonly record struct RmsPropStep(float LearningRate, float Alpha, float NewShare, float Epsilon, float Momentum, DecayFactors Decay);

/// <summary>The numbers of a step of Adam, with what the step's number does to them.</summary>
/// <param name="StepSize">η / (1 − β₁ᵗ).</param>
/// <param name="Beta1">β₁.</param>
/// <param name="NewShare1">1 − β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="NewShare2">1 − β₂.</param>
/// <param name="RootScale">1 / √(1 − β₂ᵗ).</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Decay">The decay.</param>
public readonly record struct AdamStep(
    float StepSize, float Beta1, float NewShare1, float Beta2, float NewShare2, float RootScale, float Epsilon, DecayFactors Decay);

/// <summary>The numbers of a step of Lion.</summary>
/// <param name="LearningRate">η.</param>
/// <param name="Beta1">β₁, of the step.</param>
/// <param name="NewShare1">1 − β₁.</param>
/// <param name="Beta2">β₂, of what is remembered.</param>
/// <param name="NewShare2">1 − β₂.</param>
/// <param name="Decay">The decay.</param>
public readonly record struct LionStep(float LearningRate, float Beta1, float NewShare1, float Beta2, float NewShare2, DecayFactors Decay);
