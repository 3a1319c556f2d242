using ConvNN.Model;

namespace ConvNN.Formats;

/// <summary>What a layer computes for one image.</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="Type">Its type, such as <c>conv2d</c>.</param>
/// <param name="Shape">The shape of its output.</param>
/// <param name="Values">The output, after the layer's activation: [C, H, W], or a vector.</param>
public sealed record LayerOutput(string Name, string Type, Shape Shape, IReadOnlyList<float> Values);
