namespace ConvNN.Formats;

/// <summary>What a network sees in an image: the values of its layers, and the pixels that a class depends on.</summary>
/// <param name="Prediction">The prediction for the image.</param>
/// <param name="Class">The class that is explained.</param>
/// <param name="Layers">The outputs of each layer, in order; those of the last one are before a softmax.</param>
/// <param name="Gradient">
/// The gradient of the class's score, before a softmax, with respect to the image's values from 0 to 1, [C, H, W]: a pixel of a large
/// gradient matters most (Simonyan, Vedaldi and Zisserman, https://arxiv.org/abs/1312.6034).
/// </param>
public sealed record Explanation(Prediction Prediction, int Class, IReadOnlyList<LayerOutput> Layers, IReadOnlyList<float> Gradient);
