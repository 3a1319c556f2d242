namespace ConvNN.Model.Layers;

/// <summary>A layer as the configuration holds it, before its type is looked up.</summary>
/// <param name="Path">Where it stands, for messages: <c>Model:Layers:2</c>.</param>
/// <param name="Values">Keys and values as text, <c>Type</c> and <c>Name</c> among them; the elements of a list are joined by commas.</param>
public sealed record LayerDefinition(string Path, IReadOnlyDictionary<string, string> Values);
