namespace ConvNN.Model.Layers;

/// <summary>A layer as read from the configuration, before its type is looked up.</summary>
/// <param name="Path">Its key in the configuration, for messages: <c>Model:Layers:2</c>.</param>
/// <param name="Values">Keys and values as text, including <c>Type</c> and <c>Name</c>; list elements are joined by commas.</param>
public sealed record LayerDefinition(string Path, IReadOnlyDictionary<string, string> Values);
