using ConvNN.Kernels.ConvPool;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;

namespace ConvNN.Model.Fusion;

/// <summary>
/// Finds steps that faster ones can stand for, in one pass over a built network. The plain steps remain the definition:
/// the reference runs them, and every fused step gives their bits.
/// </summary>
internal static class LayerFusion
{
    /// <summary>The most steps that one stands for.</summary>
    public const int Longest = 3;

    /// <summary>The steps that kernels of a tier run.</summary>
    /// <param name="layers">The network's steps.</param>
    /// <param name="tier">The kernels' tier.</param>
    public static IReadOnlyList<Layer> For(IReadOnlyList<Layer> layers, KernelTier tier)
    {
        if (tier == KernelTier.Reference)
        {
            return layers;
        }

        // What a shortcut takes up must be there.
        HashSet<int> sources = [.. layers.OfType<Residual>().Select(residual => residual.Source)];
        List<Layer> steps = [];
        for (int l = 0; l < layers.Count; l++)
        {
            if (l + 2 < layers.Count && layers[l] is Conv2d convolution && IsRectifiedPool(convolution, layers[l + 1], layers[l + 2])
                && !sources.Contains(convolution.Ordinal) && !sources.Contains(layers[l + 1].Ordinal))
            {
                steps.Add(new ConvPool2d(convolution, layers[l + 2]));
                l += 2;
            }
            else if (layers[l] is not Flatten || layers.Count == 1)
            {
                // Flattening moves nothing: an image lies as its vector does.
                steps.Add(layers[l]);
            }
        }

        return steps;
    }

    private static bool IsRectifiedPool(Conv2d convolution, Layer second, Layer third) =>
        ConvPoolGeometry.Supports(convolution.Geometry)
        && ((second is Relu && third is MaxPool2d { IsHalving: true }) || (second is MaxPool2d { IsHalving: true } && third is Relu));
}
