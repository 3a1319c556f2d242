using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>Options of <see cref="MomentumSgd"/> as Nesterov has it.</summary>
public sealed record NesterovOptions : MomentumOptions
{
    /// <summary>The registration.</summary>
    public static new TypeDefinition<OptimizerOptions> Registration { get; } = new(
        "nesterov",
        "Gradient descent with Nesterov momentum.",
        () => new NesterovOptions(),
        Specs);

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override bool IsNesterov => true;
}
