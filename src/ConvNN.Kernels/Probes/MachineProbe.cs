using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Probes;

/// <summary>
/// Loops that do one thing as fast as a core can: the baseline for the kernels. Their results are meaningless, but the caller
/// must use them; otherwise the compiler could remove the loops.
/// </summary>
public abstract class MachineProbe
{
    /// <summary>
    /// Number of independent multiply-add chains. Eight keep two units with a latency of four cycles busy (Zen 2 to 5, Skylake to
    /// Sapphire Rapids); twelve, plus two constants, still fit in the 16 registers of AVX2.
    /// </summary>
    protected const int Chains = 12;

    /// <summary>Floating-point operations per round of <see cref="MultiplyAdds"/>; a multiply-add counts as two.</summary>
    public abstract int OperationsPerRound { get; }

    /// <summary>Fused multiply-adds in registers, limited only by the arithmetic units.</summary>
    /// <param name="rounds">Length of each chain.</param>
    public abstract float MultiplyAdds(int rounds);

    /// <summary>Reads memory once, from start to end.</summary>
    /// <param name="source">The memory, at least 64 floats; a tail of fewer than 64 may be skipped.</param>
    public abstract float Read(ReadOnlySpan<float> source);

    /// <summary><c>target[i] = x[i] + factor · y[i]</c>, the triad of McCalpin's STREAM (https://www.cs.virginia.edu/stream/ref.html).</summary>
    /// <param name="target">Overwritten.</param>
    /// <param name="x">Of the same length.</param>
    /// <param name="y">Of the same length.</param>
    /// <param name="factor">The factor.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Triad(Span<float> target, ReadOnlySpan<float> x, ReadOnlySpan<float> y, float factor)
    {
        KernelGuard.SameLength(x, y);
        KernelGuard.SameLength<float>(x, target);
        TriadCore(target, x, y, factor);
    }

    private protected abstract void TriadCore(Span<float> target, ReadOnlySpan<float> x, ReadOnlySpan<float> y, float factor);
}
