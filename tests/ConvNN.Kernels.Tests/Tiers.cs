using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests;

/// <summary>The tiers as theory data. Every tier runs on every machine, in software where the hardware lacks it.</summary>
public static class Tiers
{
    /// <summary>The definition and every vector width.</summary>
    public static TheoryData<KernelTier> All { get; } = [.. Enum.GetValues<KernelTier>()];

    /// <summary>Every vector width.</summary>
    public static TheoryData<KernelTier> Vectors { get; } = [.. Enum.GetValues<KernelTier>().Where(tier => tier != KernelTier.Reference)];

    /// <summary>The definition, and what a run would choose here.</summary>
    public static TheoryData<KernelTier> ReferenceAndBest { get; } =
        [.. new[] { KernelTier.Reference, KernelSet.BestTier }.Distinct()];
}
