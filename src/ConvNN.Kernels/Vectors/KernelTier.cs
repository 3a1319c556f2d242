namespace ConvNN.Kernels.Vectors;

/// <summary>The vector width of the kernels. Every tier gives the same bits; only the speed differs.</summary>
public enum KernelTier
{
    /// <summary>Scalar loops, written for clarity: they define the result of every operation.</summary>
    Reference,

    /// <summary>Vectors of 4 floats (SSE with FMA, Arm64 AdvSimd). Without FMA they are emulated exactly, but slowly.</summary>
    Vector128,

    /// <summary>Vectors of 8 floats (AVX2 with FMA).</summary>
    Vector256,

    /// <summary>Vectors of 16 floats (AVX-512).</summary>
    Vector512,
}
