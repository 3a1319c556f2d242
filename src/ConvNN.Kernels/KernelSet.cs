using System.Runtime.Intrinsics;

namespace ConvNN.Kernels;

/// <summary>The kernels of one tier, chosen once for a run. Immutable: one set serves all workers.</summary>
public sealed class KernelSet
{
    private KernelSet(KernelTier tier)
    {
        Tier = tier;
        Dense = DenseKernels.For(tier);
        Conv2d = Conv2dKernels.For(tier);
        MaxPool2d = MaxPool2dKernels.For(tier);
        ConvPool = ConvPoolKernels.For(tier);
        Elementwise = ElementwiseKernels.For(tier);
        Optimizer = OptimizerKernels.For(tier);
        Activations = new ActivationKernels(tier);
        AveragePool2d = new AveragePool2dKernels(Elementwise);
        BatchNorm = new BatchNormKernels(Elementwise);
    }

    /// <summary>The widest tier that this machine computes in hardware.</summary>
    /// <remarks>Of 512 bits it says no on CPUs that would slow down for them.</remarks>
    public static KernelTier BestTier =>
        Vector512.IsHardwareAccelerated ? KernelTier.Vector512
        : Vector256.IsHardwareAccelerated ? KernelTier.Vector256
        : Vector128.IsHardwareAccelerated ? KernelTier.Vector128
        : KernelTier.Reference;

    /// <summary>What the kernels compute with.</summary>
    public KernelTier Tier { get; }

    /// <summary>Kernels of fully connected layers.</summary>
    public DenseKernels Dense { get; }

    /// <summary>Kernels of convolutions.</summary>
    public Conv2dKernels Conv2d { get; }

    /// <summary>Kernels of max-pools.</summary>
    public MaxPool2dKernels MaxPool2d { get; }

    /// <summary>Kernels of convolutions with their rectifier and max-pool.</summary>
    public ConvPoolKernels ConvPool { get; }

    /// <summary>Elementwise operations.</summary>
    public ElementwiseKernels Elementwise { get; }

    /// <summary>The steps of optimizers.</summary>
    public OptimizerKernels Optimizer { get; }

    /// <summary>Activation functions.</summary>
    public ActivationKernels Activations { get; }

    /// <summary>Kernels of average-pools.</summary>
    public AveragePool2dKernels AveragePool2d { get; }

    /// <summary>Kernels of batch normalisation.</summary>
    public BatchNormKernels BatchNorm { get; }

    /// <summary>The kernels of a tier; every tier works on every machine, in software where the hardware lacks it.</summary>
    public static KernelSet For(KernelTier tier) => new(tier);
}
