using ConvNN.Model.Networks;
using ConvNN.Model.Options;

namespace ConvNN.Model.Losses;

/// <summary>The choice of a loss: section <c>Training:Loss</c>, or an object in code. A name converts to it.</summary>
public abstract record LossOptions : TypedOptions
{
    /// <summary>Finds a loss by name, with its defaults.</summary>
    /// <param name="name">A registered name: <c>cross-entropy</c>.</param>
    /// <exception cref="ConfigurationException">No loss has the name.</exception>
    public static implicit operator LossOptions(string name) => LossRegistry.Types.Find(name);

    /// <inheritdoc/>
    protected override string Section => LossRegistry.Types.Path;

    /// <summary>Creates the loss for a network.</summary>
    /// <param name="network">The network to be trained.</param>
    /// <exception cref="ConfigurationException">The network does not end the way the loss requires.</exception>
    public abstract ILoss Create(Network network);
}
