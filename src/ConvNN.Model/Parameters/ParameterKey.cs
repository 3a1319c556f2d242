namespace ConvNN.Model.Parameters;

/// <summary>Identifies a parameter: its layer, and its name and number there.</summary>
/// <param name="Layer">Name of its layer.</param>
/// <param name="Ordinal">Ordinal of its layer: with <paramref name="Index"/>, the key of its random numbers.</param>
/// <param name="Name">Its name within the layer: <c>weight</c>, <c>bias</c>.</param>
/// <param name="Index">Its number within the layer.</param>
public readonly record struct ParameterKey(string Layer, int Ordinal, string Name, int Index);
