namespace ConvNN.Kernels.Optimizers;

/// <summary>The weight decay of a step.</summary>
/// <param name="Gradient">λ of coupled decay, which adds λ · w to the gradient; 0 for none.</param>
/// <param name="Weight">
/// 1 − η · λ of decoupled decay (Loshchilov and Hutter, arXiv:1711.05101), a factor applied to the weights first; 1 for none.
/// </param>
public readonly record struct DecayFactors(float Gradient, float Weight)
{
    /// <summary>No decay.</summary>
    public static DecayFactors None { get; } = new(0, 1);
}

/// <summary>The parameters of a plain SGD step.</summary>
/// <param name="LearningRate">η.</param>
/// <param name="Decay">The weight decay.</param>
public readonly record struct DescentStep(float LearningRate, DecayFactors Decay);

/// <summary>The parameters of an SGD step with momentum.</summary>
/// <param name="LearningRate">η.</param>
/// <param name="Momentum">μ.</param>
/// <param name="IsNesterov">Whether to use Nesterov momentum.</param>
/// <param name="Decay">The weight decay.</param>
public readonly record struct MomentumStep(float LearningRate, float Momentum, bool IsNesterov, DecayFactors Decay);

/// <summary>The parameters of an RMSProp step.</summary>
/// <param name="LearningRate">η.</param>
/// <param name="Alpha">α, the decay rate of the mean square.</param>
/// <param name="NewShare">1 − α.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Momentum">μ; 0 for none.</param>
/// <param name="Decay">The weight decay.</param>
public readonly record struct RmsPropStep(float LearningRate, float Alpha, float NewShare, float Epsilon, float Momentum, DecayFactors Decay);

/// <summary>The parameters of an Adam step, including the bias correction for step number t.</summary>
/// <param name="StepSize">η / (1 − β₁ᵗ).</param>
/// <param name="Beta1">β₁.</param>
/// <param name="NewShare1">1 − β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="NewShare2">1 − β₂.</param>
/// <param name="RootScale">1 / √(1 − β₂ᵗ).</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Decay">The weight decay.</param>
public readonly record struct AdamStep(
    float StepSize, float Beta1, float NewShare1, float Beta2, float NewShare2, float RootScale, float Epsilon, DecayFactors Decay);

/// <summary>The parameters of a Lion step.</summary>
/// <param name="LearningRate">η.</param>
/// <param name="Beta1">β₁, for the update.</param>
/// <param name="NewShare1">1 − β₁.</param>
/// <param name="Beta2">β₂, for the moving average.</param>
/// <param name="NewShare2">1 − β₂.</param>
/// <param name="Decay">The weight decay.</param>
public readonly record struct LionStep(float LearningRate, float Beta1, float NewShare1, float Beta2, float NewShare2, DecayFactors Decay);
