using ConvNN.Model.Options;

namespace ConvNN.Model.Losses;

/// <summary>The losses that a configuration can name. A new loss is one line here.</summary>
public static class LossRegistry
{
    /// <summary>All losses.</summary>
    public static IReadOnlyList<ILoss> All { get; } = [new CrossEntropy()];

    /// <summary>The loss of a name.</summary>
    /// <exception cref="ConfigurationException">No loss has the name.</exception>
    public static ILoss Find(string name) =>
        All.FirstOrDefault(loss => string.Equals(loss.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ConfigurationException($"Training:Loss is {name}, which is no loss; {NearestName.Hint(name, All.Select(l => l.Name))}");
}
