using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>The activations that can follow a layer, by their configuration names.</summary>
public static class Activation
{
    /// <summary><c>max(0, x)</c>.</summary>
    public const string Relu = "relu";

    /// <summary><see cref="Layers.LeakyRelu"/> with its default slope.</summary>
    public const string LeakyRelu = "leakyrelu";

    /// <summary><see cref="Layers.Elu"/> with alpha 1.</summary>
    public const string Elu = "elu";

    /// <summary><see cref="Layers.Gelu"/>.</summary>
    public const string Gelu = "gelu";

    /// <summary><see cref="Layers.Silu"/>.</summary>
    public const string Silu = "silu";

    /// <summary><see cref="Layers.Tanh"/>.</summary>
    public const string Tanh = "tanh";

    /// <summary><see cref="Layers.Sigmoid"/>.</summary>
    public const string Sigmoid = "sigmoid";

    /// <summary>Probabilities that add up to 1; for the last layer of a network.</summary>
    public const string Softmax = "softmax";

    /// <summary>The layers that are activations. To add one, add a line here.</summary>
    public static IReadOnlyList<TypeDefinition<LayerOptions>> Types { get; } =
    [
        Layers.Relu.Type,
        Layers.LeakyRelu.Type,
        Layers.Elu.Type,
        Layers.Gelu.Type,
        Layers.Silu.Type,
        Layers.Tanh.Type,
        Layers.Sigmoid.Type,
        Layers.Softmax.Type,
    ];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Types.Select(type => type.Name)];

    /// <summary>Finds an activation by name, with its default options; null if there is none.</summary>
    /// <param name="name">The name.</param>
    public static LayerOptions? Find(string name) => Types.FirstOrDefault(type => type.Name == name)?.CreateDefault();

    /// <summary>Adds the activation that follows a layer.</summary>
    /// <param name="stack">The network being built.</param>
    /// <param name="name">The activation's name, or null for none.</param>
    /// <exception cref="LayerMisfitException">No activation has the name, or it does not fit here.</exception>
    public static void AddTo(LayerStack stack, string? name)
    {
        if (name is not null)
        {
            LayerOptions layer = Find(name) ?? throw new LayerMisfitException($"Activation '{name}' is not known; {NearestName.Hint(name, Names)}");
            layer.AddTo(stack);
        }
    }
}
