using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>
/// Options of <see cref="Adam"/> with decoupled decay: AdamW (Loshchilov and Hutter, arXiv:1711.05101; PyTorch
/// <c>optim.AdamW</c>, whose default decay of 0.01 it has).
/// </summary>
public sealed record AdamWOptions : AdamOptions
{
    private const double DefaultDecay = 0.01;

    /// <summary>AdamW as PyTorch has it.</summary>
    public AdamWOptions()
    {
        WeightDecay = DefaultDecay;
        Decoupled = true;
    }

    /// <summary>The registration.</summary>
    public static new TypeDefinition<OptimizerOptions> Registration { get; } = new(
        "adamw",
        "AdamW: Adam with decoupled weight decay.",
        () => new AdamWOptions(),
        [.. Specs, DecayOption("weight decay λ, decoupled; also applied to biases")]);

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;
}
