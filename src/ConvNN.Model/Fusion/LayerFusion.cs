using ConvNN.Kernels.ConvPool;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;

namespace ConvNN.Model.Fusion;

/// <summary>
/// Replaces layers with faster fused ones, in one pass over a built network. The plain layers remain the definition: the
/// reference runs them, and every fused layer gives the same bits.
/// </summary>
internal static class LayerFusion
{
    /// <summary>The maximum number of layers fused into one.</summary>
    public const int Longest = 3;

    /// <summary>The layers as kernels of a tier execute them.</summary>
    /// <param name="layers">The network's layers.</param>
    /// <param name="tier">The kernels' tier.</param>
    public static IReadOnlyList<Layer> For(IReadOnlyList<Layer> layers, KernelTier tier)
    {
        if (tier == KernelTier.Reference)
        {
            return layers;
        }

        // A shortcut needs the output of its source, which is lost inside a fused layer.
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
                // Flatten does nothing at run time: an image and its vector have the same memory layout.
                steps.Add(layers[l]);
            }
        }

        return steps;
    }

    private static bool IsRectifiedPool(Conv2d convolution, Layer second, Layer third) =>
        ConvPoolGeometry.Supports(convolution.Geometry)
        && ((second is Relu && third is MaxPool2d { IsHalving: true }) || (second is MaxPool2d { IsHalving: true } && third is Relu));
}
