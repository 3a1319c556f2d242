using System.Runtime.Intrinsics;
using ConvNN.Kernels.Activations;
using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.ConvPool;
using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Elementwise;
using ConvNN.Kernels.Normalization;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Pooling;
using ConvNN.Kernels.Probes;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels;

/// <summary>The kernels of one tier, chosen once for a run. Immutable: one set serves all workers.</summary>
public sealed class KernelSet
{
    private KernelSet(KernelTier tier, ElementwiseKernels elementwise)
    {
        Tier = tier;
        Elementwise = elementwise;
        Activations = new ActivationKernels(tier);
        AveragePool2d = new AveragePool2dKernels(elementwise);
        BatchNorm = new BatchNormKernels(elementwise);
    }

    /// <summary>The widest tier that this machine computes in hardware.</summary>
    /// <remarks>CPUs that slow down for 512-bit vectors get 256 bits.</remarks>
    public static KernelTier BestTier =>
        Vector512.IsHardwareAccelerated ? KernelTier.Vector512
        : Vector256.IsHardwareAccelerated ? KernelTier.Vector256
        : Vector128.IsHardwareAccelerated ? KernelTier.Vector128
        : KernelTier.Reference;

    /// <summary>The tier of these kernels.</summary>
    public KernelTier Tier { get; }

    /// <summary>Kernels of fully connected layers.</summary>
    public required DenseKernels Dense { get; init; }

    /// <summary>Kernels of convolutions.</summary>
    public required Conv2dKernels Conv2d { get; init; }

    /// <summary>Kernels of max pooling.</summary>
    public required MaxPool2dKernels MaxPool2d { get; init; }

    /// <summary>Kernels of convolutions fused with ReLU and max pooling.</summary>
    public required ConvPoolKernels ConvPool { get; init; }

    /// <summary>Elementwise operations.</summary>
    public ElementwiseKernels Elementwise { get; }

    /// <summary>Optimizer steps.</summary>
    public required OptimizerKernels Optimizer { get; init; }

    /// <summary>Activation functions.</summary>
    public ActivationKernels Activations { get; }

    /// <summary>Kernels of average pooling.</summary>
    public AveragePool2dKernels AveragePool2d { get; }

    /// <summary>Kernels of batch normalisation.</summary>
    public BatchNormKernels BatchNorm { get; }

    /// <summary>Loops that do one thing as fast as a core can: the baseline for the other kernels.</summary>
    public required MachineProbe Probe { get; init; }

    /// <summary>The kernels of a tier. Every tier works on every machine, emulated in software where the hardware lacks it.</summary>
    public static KernelSet For(KernelTier tier) => tier switch
    {
        KernelTier.Vector512 => OfVectors<Float512>(tier),
        KernelTier.Vector256 => OfVectors<Float256>(tier),
        KernelTier.Vector128 => OfVectors<Float128>(tier),
        _ => new KernelSet(tier, new ElementwiseReference())
        {
            Dense = new DenseReference(),
            Conv2d = new Conv2dReference(),
            MaxPool2d = new MaxPool2dReference(),
            ConvPool = new ConvPoolReference(),
            Optimizer = new OptimizerReference(),
            Probe = new ScalarProbe(),
        },
    };

    private static KernelSet OfVectors<TVector>(KernelTier tier)
        where TVector : struct, IVector<TVector> => new(tier, new ElementwiseVector<TVector>())
        {
            Dense = new DenseVector<TVector>(),
            Conv2d = new Conv2dVector<TVector>(),
            MaxPool2d = new MaxPool2dVector(),
            ConvPool = new ConvPoolVector<TVector>(),
            Optimizer = new OptimizerVector<TVector>(),
            Probe = new VectorProbe<TVector>(),
        };
}
