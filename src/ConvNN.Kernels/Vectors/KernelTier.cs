namespace ConvNN.Kernels.Vectors;

/// <summary>How the kernels compute. Every tier gives the same bits; they differ in speed alone.</summary>
public enum KernelTier
{
    /// <summary>Scalar loops written to be read: the definition of every operation.</summary>
    Reference,

    /// <summary>Vectors of 4 floats (SSE with FMA, Arm64 AdvSimd; without FMA exact in software, and slow).</summary>
    Vector128,

    /// <summary>Vectors of 8 floats (AVX2 with FMA).</summary>
    Vector256,

    /// <summary>Vectors of 16 floats (AVX-512).</summary>
    Vector512,
}
