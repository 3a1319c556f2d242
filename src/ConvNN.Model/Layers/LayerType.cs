using System.Text.Json.Nodes;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Creates the registrations of layers.</summary>
public static class LayerType
{
    private const int MaxNameLength = 64;

    // The options that every layer has.
    private static readonly Option Name = Option.Of(
        nameof(LayerOptions.Name),
        ValueKinds.OptionalText(
            "it must have 1 to 64 letters, digits, _ or -, since tensors in files are named after it",
            name => name.Length is >= 1 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'),
            () => new JsonObject { ["pattern"] = "^[A-Za-z0-9_-]{1,64}$" }),
        (LayerOptions layer) => layer.Name,
        (layer, name) => layer with { Name = name },
        "unique name, used for tensors in files; by default the kind and a number") with
    { IsOmittedWhenUnset = true };

    private static readonly Option Frozen = Option.Of(
        nameof(LayerOptions.Frozen),
        ValueKinds.Boolean,
        (LayerOptions layer) => layer.Frozen,
        (layer, isFrozen) => layer with { Frozen = isFrozen },
        "whether training leaves the layer as it is: its weights, and the running statistics of a batch norm") with
    { IsOmittedWhenUnset = true };

    /// <summary>Registers a layer.</summary>
    /// <param name="name">The value of <c>Type</c>.</param>
    /// <param name="description">What the layer does, in a sentence.</param>
    /// <param name="create">Creates the layer's options with their defaults; required ones get any allowed value.</param>
    /// <param name="options">The declarations of its options, except <c>Type</c>, <c>Name</c> and <c>Frozen</c>.</param>
    public static TypeDefinition<LayerOptions> Define(string name, string description, Func<LayerOptions> create, params IReadOnlyList<Option> options) =>
        new(name, description, create, [Name, Frozen, .. options]);
}
