using ConvNN.Kernels;
using ConvNN.Model.Options;

namespace ConvNN.Training.Optimizers;

/// <summary>The optimizers that a configuration can name. A new optimizer is one line here.</summary>
public static class OptimizerRegistry
{
    private static readonly Dictionary<string, Func<KernelSet, IOptimizer>> Factories = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sgd"] = kernels => new Sgd(kernels),
    };

    /// <summary>The known names.</summary>
    public static IReadOnlyCollection<string> Names => Factories.Keys;

    /// <summary>Creates the optimizer of a name.</summary>
    /// <param name="name">A name of <see cref="Names"/>.</param>
    /// <param name="kernels">The kernels of the run.</param>
    /// <exception cref="ConfigurationException">No optimizer has the name.</exception>
    public static IOptimizer Create(string name, KernelSet kernels) =>
        Factories.TryGetValue(name, out Func<KernelSet, IOptimizer>? factory)
            ? factory(kernels)
            : throw new ConfigurationException($"Training:Optimizer:Type is {name}, which is no optimizer; {NearestName.Hint(name, Names)}");
}
